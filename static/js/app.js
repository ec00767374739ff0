/** What every page gets: each behaviour is found by its data attribute and lives in its own file. */
import { watchLeave } from "./lib/leave.js";
import { watchComfort } from "./lib/comfort.js";
import { keepHelpOffline } from "./lib/trusted.js";
import { watchForms } from "./lib/forms.js";
import { useOwnZone } from "./lib/zone.js";

useOwnZone();
watchLeave();
watchComfort();
watchForms();
keepHelpOffline();
if (document.querySelector("[data-paged]")) import("./crisis/paged.js");

const first = document.querySelector("[data-focus-first]");
if (first) first.focus();
