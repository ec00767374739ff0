/** A page that hears the server says calmly when it does not, and takes that back. */

const PATIENCE_MS = 3000;

/**
 * What to tell of "up" and "down". A short break is not worth a word; after one that was told,
 * "up" answers true: what happened meanwhile was not heard.
 */
export function lineTeller(place, patience = PATIENCE_MS) {
  let timer = 0;
  let wasTold = false;
  return (name) => {
    if (name === "down" && !timer) {
      timer = window.setTimeout(() => {
        wasTold = true;
        if (place) place.hidden = false;
      }, patience);
    }
    if (name !== "up") return false;
    window.clearTimeout(timer);
    timer = 0;
    if (place) place.hidden = true;
    const isBack = wasTold;
    wasTold = false;
    return isBack;
  };
}
