import type { Transport } from '../../shared/contract/transport';
import { Silence } from './silence';

/** A MessagePort as a transport. Values travel by structured clone; nothing is transferred. */
export function portTransport(port: MessagePort): Transport {
  const messages = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    silence.end();
    port.close();
    for (const listen of closings) listen();
  };
  const silence = new Silence(close); // a port says that its far end is gone in newer engines only
  port.onmessage = (event) => {
    silence.heard();
    for (const listen of messages) listen(event.data);
  };
  port.addEventListener('close', close);
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
