export type Unsubscribe = () => void;
/** A duplex pipe that keeps messages whole and in order. Values are structured-clone values. */
export interface Transport {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Unsubscribe;
  /** Called once when the far end is gone or `close` was called here. */
  onClose(listener: () => void): Unsubscribe;
  close(): void;
}

/** Two ends joined in memory, delivering asynchronously like every other transport; values are copied, never shared. */
export function memoryPipe(): [Transport, Transport] {
  const messages: [Set<(m: unknown) => void>, Set<(m: unknown) => void>] = [new Set(), new Set()];
  const closings = new Set<() => void>();
  let open = true;
  const end = (mine: 0 | 1): Transport => ({
    send(message) {
      if (!open) return;
      const copy = structuredClone(message);
      void Promise.resolve().then(() => {
        if (open) for (const listen of messages[mine === 0 ? 1 : 0]) listen(copy);
      });
    },
    onMessage(listener) {
      messages[mine].add(listener);
      return () => void messages[mine].delete(listener);
    },
    onClose(listener) {
      closings.add(listener);
      return () => void closings.delete(listener);
    },
    close() {
      if (!open) return;
      open = false;
      for (const listen of closings) listen();
    },
  });
  return [end(0), end(1)];
}
