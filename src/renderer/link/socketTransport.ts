import { decode, encode } from '../../shared/contract/codec';
import type { Transport } from '../../shared/contract/transport';
import { NoWayIn, type Opened } from './doors';
import { Silence } from './silence';

/** WebSocket close codes of a token that is wrong or came too late. */
const TOKEN_REFUSED: readonly number[] = [4401, 1008];

/**
 * A WebSocket as a transport: the token is the first message, everything after it is binary by the codec.
 *
 * @throws Error when nobody answers; a token that is refused closes the socket, and `refusal` says so
 */
export function socketTransport(address: string, token: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    const messages = new Set<(message: unknown) => void>();
    const closings = new Set<() => void>();
    const silence = new Silence(() => {
      if (socket.readyState === WebSocket.OPEN) socket.close();
    });
    let refusal: NoWayIn | undefined;
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
      silence.heard();
      resolve({ transport, refusal: () => refusal });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      silence.heard();
      if (!(event.data instanceof ArrayBuffer)) return;
      const message = decode(new Uint8Array(event.data));
      for (const listen of messages) listen(message);
    };
    socket.onclose = (event) => {
      silence.end();
      if (TOKEN_REFUSED.includes(event.code)) {
        sessionStorage.removeItem('upright.token');
        refusal = new NoWayIn(
          'The workbench did not accept the token of this page.',
          'Open the whole address that "npm start" or "upright serve" printed last; each start makes a new one.',
        );
      }
      reject(refusal ?? new Error('Nobody answers at this address.'));
      for (const listen of closings) listen();
    };
  });
}
