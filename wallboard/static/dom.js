// Elements are made once and then changed in place: nothing grows, and what a pointer is on stays under it.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

export function attribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Makes what stands in an element as small as it has to be to be seen whole: a number that is cut is another number.
export function fit(element) {
  element.style.setProperty("--fit", "1");
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.setProperty("--fit", String(Math.max(0.3, Math.floor(share * 97) / 100)));
}

const WIDE = /[\u2e80-\uffef]/;

// A ticket's id, of which the end is always seen: where many begin alike, that is what tells them apart.
export function idText(element, id) {
  if (element.dataset.id === id) return;
  element.dataset.id = id;
  let split = id.length;
  if (id.length > 10) for (let room = 6; room > 0 && split > 0; room -= WIDE.test(id[split]) ? 2 : 1) split -= 1;
  element.replaceChildren(el("span", { class: "id-head" }, id.slice(0, split)), el("span", { class: "id-tail" }, id.slice(split)));
}

// Brings a parent's children in line with a list: those of a known key are kept and moved, others made or removed.
export function keyed(parent, items, keyOf, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = known.get(key);
    known.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item); // in its place, where it can be measured
  }
  for (const child of known.values()) child.remove();
}
