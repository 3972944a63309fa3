// The page as a screen on a wall: full screen, awake, without a pointer, and with a sound where it is wanted.

const POINTER_MS = 3000;
let awake = null;
let pointer = 0;
let sound = null;

export function setUpScreen() {
  addEventListener("keydown", (event) => {
    if (event.key !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  });
  const moved = () => {
    document.body.classList.remove("no-pointer");
    clearTimeout(pointer);
    pointer = setTimeout(() => document.body.classList.add("no-pointer"), POINTER_MS);
  };
  addEventListener("pointermove", moved);
  moved();
  document.addEventListener("visibilitychange", stayAwake);
  // Browsers let pages sound only after somebody touched them, unless a kiosk's flag says otherwise.
  addEventListener("pointerdown", () => sound?.resume(), { once: true });
  stayAwake();
}

async function stayAwake() {
  if (document.visibilityState !== "visible" || (awake && !awake.released)) return;
  try {
    awake = await navigator.wakeLock?.request("screen");
  } catch {
    awake = null; // not allowed here, or the battery is low
  }
}

// Two tones, a third apart: heard across a room, and over in half a second.
export function chime() {
  try {
    sound ??= new AudioContext();
    sound.resume().catch(() => {});
    [660, 830].forEach((pitch, place) => {
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      const begin = sound.currentTime + place * 0.22;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.3, begin + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.3);
      tone.connect(volume).connect(sound.destination);
      tone.start(begin);
      tone.stop(begin + 0.32);
    });
  } catch {
    sound = null; // no sound here
  }
}
