import { decode, encode } from '../../shared/contract/codec';
import type { Transport } from '../../shared/contract/transport';
import { NoWayIn, type Opened } from './doors';

/** WebSocket close code of the server for a token that is wrong or came too late. */
const TOKEN_REFUSED = 4401;
const POLICY_VIOLATION = 1008;
/** Longest silence of the server, which pings several times a second; longer means that the line is dead. */
const SILENCE_MS = 6000;

/**
 * A WebSocket as a transport: the token is the first message, everything after it is binary by the codec.
 *
 * @throws NoWayIn when the token is refused; Error when nobody answers
 */
export function socketTransport(address: string, token: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    const messages = new Set<(message: unknown) => void>();
    const closings = new Set<() => void>();
    let heard = performance.now();
    let refusal: NoWayIn | undefined;
    let ended = false;
    const watch = window.setInterval(() => {
      // A hidden page's timers are slow, so silence counts only when it has been long by the page's own clock too.
      if (socket.readyState === WebSocket.OPEN && document.visibilityState === 'visible' && performance.now() - heard > SILENCE_MS)
        socket.close();
    }, 1000);
    const end = () => {
      if (ended) return;
      ended = true;
      window.clearInterval(watch);
      for (const listen of closings) listen();
    };
    const visible = () => void (heard = performance.now());
    document.addEventListener('visibilitychange', visible);

    const transport: Transport = {
      send(message) {
        if (socket.readyState === WebSocket.OPEN) socket.send(encode(message) as Uint8Array<ArrayBuffer>);
      },
      onMessage(listener) {
        messages.add(listener);
        return () => void messages.delete(listener);
      },
      onClose(listener) {
        closings.add(listener);
        return () => void closings.delete(listener);
      },
      close: () => socket.close(),
    };
    socket.onopen = () => {
      socket.send(JSON.stringify({ token }));
      heard = performance.now();
      resolve({ transport, refusal: () => refusal });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      heard = performance.now();
      if (!(event.data instanceof ArrayBuffer)) return;
      const message = decode(new Uint8Array(event.data));
      for (const listen of messages) listen(message);
    };
    socket.onclose = (event) => {
      document.removeEventListener('visibilitychange', visible);
      if (event.code === TOKEN_REFUSED || event.code === POLICY_VIOLATION) {
        sessionStorage.removeItem('upright.token');
        refusal = new NoWayIn(
          'The workbench did not accept the token of this page.',
          'Open the whole address that "npm start" or "upright serve" printed last; each start makes a new one.',
        );
      }
      reject(refusal ?? new Error('Nobody answers at this address.'));
      end();
    };
  });
}
