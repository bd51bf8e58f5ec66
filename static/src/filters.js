// On a narrow screen the filter panel starts folded, so that results come first.
// Without scripts it is simply open.

const NARROW = "(max-width: 48em)";

export function foldFilters(page) {
  if (!window.matchMedia(NARROW).matches) return;
  for (const panel of page.querySelectorAll("details.app-filter")) {
    if (!panel.querySelector(".govuk-error-message")) panel.open = false;
  }
}
