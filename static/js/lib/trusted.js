/** The one Trusted Types policy of the site, `handrail`: it lets the service worker's address through and nothing else. */

const WORKER = "/sw.js";

function workerAddress() {
  if (!window.trustedTypes) return WORKER;
  const policy = window.trustedTypes.createPolicy("handrail", {
    createScriptURL(address) {
      if (address !== WORKER) throw new TypeError("only the service worker may be loaded this way");
      return address;
    },
  });
  return policy.createScriptURL(WORKER);
}

/** Registers the worker that keeps the help page at hand when the line is gone. */
export function keepHelpOffline() {
  if (!("serviceWorker" in navigator)) return;
  window.addEventListener("load", () => {
    navigator.serviceWorker.register(workerAddress(), { scope: "/" }).catch(() => undefined);
  });
}
