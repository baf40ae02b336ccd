import type { Transport } from '../../shared/contract/transport';

/** A MessagePort as a transport. Values travel by structured clone; nothing is transferred. */
export function portTransport(port: MessagePort): Transport {
  const messages = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    port.close();
    for (const listen of closings) listen();
  };
  port.onmessage = (event) => {
    for (const listen of messages) listen(event.data);
  };
  port.addEventListener('close', close); // newer engines announce that the far end is gone
  port.start();
  return {
    send(message) {
      if (open) port.postMessage(message);
    },
    onMessage(listener) {
      messages.add(listener);
      return () => void messages.delete(listener);
    },
    onClose(listener) {
      closings.add(listener);
      return () => void closings.delete(listener);
    },
    close,
  };
}
