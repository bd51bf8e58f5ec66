// "/" puts the cursor into the search box of the header.
// Never while somebody types, never with a modifier, and not when the profile has shortcuts off
// (data-shortcuts="off" on <body>; WCAG 2.1.4).

const TYPING = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

export function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

export function watchSearchKey(page) {
  const box = page.getElementById("header-search");
  if (!box || page.body.dataset.shortcuts === "off") return;
  page.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (event.key !== "/" || modified || event.defaultPrevented || isTyping(event.target)) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
