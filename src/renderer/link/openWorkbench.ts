import { connect, type WorkbenchClient } from '../../shared/contract/rpc';
import { NoWayIn, type Door } from './doors';

/** The page is without a workbench: why, what to do, and when it will be tried again. */
export interface Loss {
  readonly reason: string;
  readonly remedy: string;
  /** Milliseconds until the next try; undefined when trying again is useless. */
  readonly retryInMs: number | undefined;
}
export interface Link {
  /** Called for every connection, the first and each one after a loss. */
  /** Begins to try. */
  open(): void;
  onOpen(listener: (client: WorkbenchClient) => void): void;
  onLoss(listener: (loss: Loss) => void): void;
  /** Says that the workbench has answered: the next loss is tried again quickly. A door that opens only to shut again is not. */
  answered(): void;
  /** Tries at once instead of waiting. */
  retry(): void;
  close(): void;
}

/** What the link needs of the page: to know when somebody looks at it again. */
export type LinkPage = Pick<Document, 'addEventListener' | 'removeEventListener' | 'visibilityState'>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
const REMEDY = 'If you ended it, start it again with "npm start". A rig stops by itself when its workbench is gone.';

/** Keeps one connection to the workbench open, and opens another, ever more patiently, when it is lost. */
export function openWorkbench(door: Door, page: LinkPage = document): Link {
  const opens = new Set<(client: WorkbenchClient) => void>();
  const losses = new Set<(loss: Loss) => void>();
  let pause = FIRST_PAUSE_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let trying = false;
  let connected = false;
  let closed = false;
  let close = () => undefined as void;

  const lose = (reason: string, error?: unknown) => {
    if (closed) return;
    connected = false;
    const hopeless = error instanceof NoWayIn;
    const retryInMs = hopeless ? undefined : pause;
    for (const listen of losses) listen({ reason, remedy: hopeless ? error.remedy : REMEDY, retryInMs });
    if (retryInMs === undefined) return;
    timer = setTimeout(() => void attempt(), retryInMs);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  };
  const attempt = async () => {
    if (trying || connected || closed) return;
    trying = true;
    clearTimeout(timer);
    try {
      const { transport, refusal } = await door();
      trying = false;
      connected = true;
      const client = connect(transport);
      close = () => transport.close();
      client.onLost((reason) => {
        transport.close();
        const refused = refusal();
        lose(refused?.message ?? reason, refused);
      });
      for (const listen of opens) listen(client);
    } catch (error) {
      trying = false;
      lose(error instanceof Error ? error.message : String(error), error);
    }
  };
  const visible = () => {
    if (page.visibilityState === 'visible') void attempt();
  };
  page.addEventListener('visibilitychange', visible);
  return {
    open: () => void attempt(),
    onOpen: (listener) => void opens.add(listener),
    onLoss: (listener) => void losses.add(listener),
    answered: () => void (pause = FIRST_PAUSE_MS),
    retry() {
      pause = FIRST_PAUSE_MS;
      void attempt();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      page.removeEventListener('visibilitychange', visible);
      close();
    },
  };
}
