// Starts every script of a page. Each page works without it.
import { initAll } from "./govuk-frontend.min.js";
import "./htmx.min.js";
import { watchSearchKey } from "./search-key.js";
import { foldFilters } from "./filters.js";
import { guardTyping } from "./unsaved.js";

initAll();
watchSearchKey(document);
foldFilters(document);
guardTyping(document);
