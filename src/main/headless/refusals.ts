/**
 * What ends a call early and is nobody's fault of ours: a wrong word on the command line (exit 2), or something that this
 * machine lacks (exit 4). Refused files have their own class where files are read (exit 3).
 */
export class UsageError extends Error {
  constructor(
    /** A stable word for scripts: `unknownFlag`, `value`, … */
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A backend, a port, a permission or a peer that is asked for and not there. */
export class LackingError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'LackingError';
  }
}

/** The call was cancelled by a signal; what was done so far may stand in `document`. */
export class Cancelled extends Error {
  constructor(readonly document: Readonly<Record<string, unknown>> = {}) {
    super('The call was cancelled.');
    this.name = 'Cancelled';
  }
}
