import type { Transport } from '../../shared/contract/transport';
import { portTransport } from './portTransport';
import { socketTransport } from './socketTransport';

/** A way in: resolves with an open transport, or rejects with one sentence. */
export type Door = () => Promise<Opened>;
export interface Opened {
  readonly transport: Transport;
  /** After the transport closed: why trying again is useless, if it is. */
  refusal(): NoWayIn | undefined;
}

/** A way in that cannot be opened by trying again: somebody has to do what the sentence says. */
export class NoWayIn extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'NoWayIn';
  }
}

const TOKEN = 'upright.token';

/**
 * Finds the way to the workbench. A page with a token in its address came from the headless server; one without it
 * waits for the port that the preload hands over.
 */
export function findDoor(page: Window): Door {
  const token = takeToken(page);
  if (token !== undefined) return () => socketTransport(`ws://${page.location.host}/socket`, token);
  return async () => {
    // Only Electron's own scheme is sure to bring a port; a page on http without a token would wait for ever.
    const patience = page.location.protocol === 'app:' ? 10_000 : 1500;
    const port = await askForPort(page, patience);
    if (port !== undefined) return { transport: portTransport(port), refusal: () => undefined };
    if (page.location.protocol === 'app:') throw new Error('The window was given no connection to the workbench.');
    throw new NoWayIn(
      'This address lacks its token, so the workbench cannot know that it is you.',
      'Open the whole address that "npm start" or "upright serve" printed, with the part after the #.',
    );
  };
}

/** Takes the token out of the address bar, where it would be seen, copied and kept in the history. */
function takeToken(page: Window): string | undefined {
  const given = page.location.hash.slice(1);
  if (given.length >= 20) {
    page.history.replaceState(null, '', page.location.pathname + page.location.search);
    page.sessionStorage.setItem(TOKEN, given);
    return given;
  }
  return page.sessionStorage.getItem(TOKEN) ?? undefined;
}

/** The preload posts the port to the page when asked; asked again, because either side may be first. */
function askForPort(page: Window, patience: number): Promise<MessagePort | undefined> {
  return new Promise((resolve) => {
    const ask = () => page.postMessage({ upright: 'ready' }, page.location.origin);
    const done = (port: MessagePort | undefined) => {
      page.removeEventListener('message', hear);
      page.clearInterval(asking);
      page.clearTimeout(giveUp);
      resolve(port);
    };
    const hear = (event: MessageEvent) => {
      if (event.source !== page || (event.data as { upright?: unknown } | null)?.upright !== 'port' || event.ports[0] === undefined) return;
      done(event.ports[0]);
    };
    page.addEventListener('message', hear);
    const asking = page.setInterval(ask, 500);
    const giveUp = page.setTimeout(() => done(undefined), patience);
    ask();
  });
}
