/** Timers count whole milliseconds and wake early or late by one: the last stretch is watched instead of slept through. */
const WATCHED_MS = 1.5;

/**
 * Calls back at the due time and never before it. Wakes a little early and then lets the event loop turn until the time
 * has come, so that messages (a stop, a plan) are heard meanwhile; costs a core for 1.5 ms a call at most.
 *
 * @param now  milliseconds, monotonic
 * @returns    the means to call it off
 */
export function preciseTimer(callback: () => void, ms: number, now: () => number): () => void {
  const due = now() + ms;
  let immediate: NodeJS.Immediate | undefined;
  const watch = () => {
    if (now() >= due) callback();
    else immediate = setImmediate(watch);
  };
  const timer = setTimeout(watch, Math.max(0, Math.floor(ms - WATCHED_MS)));
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
