// Mounts one panel, or the whole page, on a scripted workbench, when the test asks for it.
import '../../../src/renderer/link/withoutEval';
import { mount, unmount, type Component } from 'svelte';
import App from '../../../src/renderer/App.svelte';
import { openWorkbench } from '../../../src/renderer/link/openWorkbench';
import * as panels from '../../../src/renderer/panels';
import { Frames } from '../../../src/renderer/state/frames';
import { listenForKeys } from '../../../src/renderer/state/keys';
import type { PanelProps } from '../../../src/renderer/state/panelProps';
import { Recordings } from '../../../src/renderer/state/recordings.svelte';
import { liveSubject, type Subject } from '../../../src/renderer/state/subject';
import { View } from '../../../src/renderer/state/view.svelte';
import { Workbench } from '../../../src/renderer/state/workbench.svelte';
import { fontsReady } from '../../../src/renderer/theme/theme';
import '../../../src/renderer/theme/fonts.css';
import '../../../src/renderer/theme/tokens.css';
import '../../../src/renderer/theme/base.css';
import Replayed from './Replayed.svelte';
import { emptySnapshot, recordedRun, ScriptedWorkbench, type SetupName } from '../scripted';

export interface Wanted {
  readonly panel: string;
  readonly snapshot: 'empty' | 'recorded';
  readonly setup: SetupName;
  readonly theme: 'dark' | 'light';
  readonly guide: boolean;
  readonly state?: string;
  readonly heldByOther?: boolean;
}
declare global {
  interface Window {
    panelNames: string[];
    show(wanted: Wanted): Promise<void>;
    scripted: ScriptedWorkbench | undefined;
  }
}
window.panelNames = Object.keys(panels);
let leave = async () => undefined as void;

window.show = async (wanted) => {
  await leave();
  const recorded = wanted.snapshot === 'recorded' ? recordedRun(wanted.setup) : undefined;
  const snapshot = recorded?.snapshot ?? emptySnapshot(wanted.setup);
  const state = (wanted.state ?? snapshot.status.state) as typeof snapshot.status.state;
  const scripted = new ScriptedWorkbench({
    ...snapshot,
    status: { ...snapshot.status, state, reason: state === 'STOPPED' ? 'Space was pressed.' : '' },
  });
  scripted.recordedPlan = recorded?.plan;
  scripted.heldByOther = wanted.heldByOther === true;
  if (scripted.heldByOther) scripted.snapshot = { ...scripted.snapshot, controls: { clients: 2, mine: false, held: true } };
  const view = new View(undefined);
  view.setTheme(wanted.theme);
  view.guide = wanted.guide;
  if (wanted.panel === 'keySheet') view.keySheet = true;
  const link = openWorkbench(scripted.door);
  const workbench = new Workbench(link);
  const recordings = new Recordings(workbench);
  const frames = new Frames();
  const endKeys = listenForKeys(window, workbench, view, recordings);
  const endCredits = frames.add(() => workbench.frameDrawn());
  await fontsReady();
  const props: PanelProps = { workbench, recordings, view, frames };
  const component =
    wanted.panel === 'all'
      ? App
      : wanted.panel === 'replayed'
        ? Replayed
        : (panels as unknown as Record<string, { default: Component<PanelProps> }>)[wanted.panel].default;
  const target = document.getElementById('app')!;
  target.className = wanted.panel === 'all' ? 'whole' : 'alone';
  const mounted = mount(component as Component<PanelProps & { readonly subject: Subject }>, {
    target,
    props: { ...props, subject: liveSubject(workbench, view) },
  });
  link.open();
  window.scripted = scripted;
  await new Promise((done) => setTimeout(done, 100));
  if (recorded !== undefined) scripted.announce('plan', { frame: recorded.plan });
  leave = async () => {
    endKeys();
    endCredits();
    link.close();
    await unmount(mounted);
    target.replaceChildren();
  };
};
