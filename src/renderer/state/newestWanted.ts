/** Something that is asked for while it changes: one request at a time, and the newest wish is what comes next. */
export interface Wanted<T> {
  want(what: T): void;
  /** The newest wish, answered or not. */
  readonly last: T | undefined;
}

/** @param ask  resolves when it has come; one that fails is not asked again until the wish is another one */
export function newestWanted<T>(ask: (what: T) => Promise<void>): Wanted<T> {
  let last: T | undefined;
  let waits = false;
  let asking = false;
  const turn = (): void => {
    waits = false;
    asking = true;
    void ask(last!)
      .catch(() => undefined) // whoever lost the connection sees that
      .finally(() => {
        asking = false;
        if (waits) turn();
      });
  };
  return {
    want(what) {
      last = what;
      waits = true;
      if (!asking) turn();
    },
    get last() {
      return last;
    },
  };
}
