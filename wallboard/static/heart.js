// A clock of its own: timers of a page in a hidden tab are held back, those of a worker are not.
setInterval(() => postMessage(0), 250);
