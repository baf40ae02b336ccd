/**
 * Milliseconds, monotonic, the same in all threads of a process: `performance.now()` counts from the birth of each thread.
 * A reading is of a millionth of a second and leaves nothing to collect.
 */
export function sharedClock(): () => number {
  const birth = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return () => birth + performance.now();
}
