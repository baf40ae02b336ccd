/**
 * A process that the workbench started, whoever forked it (Electron's utilityProcess or child_process.fork).
 * Messages are structured-clone values, copied.
 */
export interface ChildProcessHandle {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once; `how` is a sentence part: 'was killed', 'ended with code 70'. */
  onExit(listener: (how: string) => void): void;
  /** Last resort; asked to leave by message first. */
  kill(): void;
}
export type ControlChild = ChildProcessHandle;
export type LearnerChild = ChildProcessHandle;
