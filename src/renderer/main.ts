import './link/withoutEval';
import { mount } from 'svelte';
import App from './App.svelte';
import { findDoor } from './link/doors';
import { openWorkbench } from './link/openWorkbench';
import { Frames } from './state/frames';
import { listenForKeys } from './state/keys';
import { Recordings } from './state/recordings.svelte';
import { View } from './state/view.svelte';
import { Workbench } from './state/workbench.svelte';
import { fontsReady } from './theme/theme';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';

const view = new View(storageOf(window));
const frames = new Frames();
const link = openWorkbench(findDoor(window));
const workbench = new Workbench(link);
const recordings = new Recordings(workbench);

view.followSystem();
listenForKeys(window, workbench, view, recordings);
// a plan that nobody draws earns no other
frames.add(() => view.screen === 'workbench' && workbench.frameDrawn());
await Promise.race([fontsReady(), new Promise((done) => window.setTimeout(done, 1500))]);
mount(App, { target: document.getElementById('app')!, props: { workbench, recordings, view, frames } });
// Only when the scene is made: a page that is busy with itself would be taken for a dead one, and lose the controls.
const patience = performance.now() + 3000;
while (!view.sceneReady && performance.now() < patience) await new Promise((done) => requestAnimationFrame(done));
link.open();

/** Some privacy settings forbid storage outright; then nothing is remembered. */
function storageOf(page: Window): Storage | undefined {
  try {
    return page.localStorage;
  } catch {
    return undefined;
  }
}
