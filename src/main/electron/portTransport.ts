import type { MessagePortMain } from 'electron';
import type { Transport } from '../../shared/contract/transport';

/** Electron's end of a page's port. Values are copied; nothing may be transferred (an ArrayBuffer in the list loses the message). */
export function portTransport(port: MessagePortMain): Transport {
  const listeners = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    for (const listen of closings) listen();
  };
  port.on('message', ({ data }) => {
    try {
      for (const listen of listeners) listen(data);
    } catch {
      port.close(); // a message that cannot be handled ends its client, never this process
      end();
    }
  });
  port.on('close', end);
  port.start();
  return {
    send(message) {
      if (open) port.postMessage(message);
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      closings.add(listener);
      return () => void closings.delete(listener);
    },
    close() {
      port.close();
      end();
    },
  };
}
