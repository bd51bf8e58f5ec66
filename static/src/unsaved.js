// Leaving a page on which something was typed asks first: the menu, the language, closing the tab.

export function guardTyping(page) {
  let typed = false;
  const written = (event) => event.target.closest("main form[method=post]:not(:has(input[type=password]))");
  page.addEventListener("input", (event) => {
    if (written(event)) typed = true;
  });
  page.addEventListener("submit", (event) => {
    if (written(event)) typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
