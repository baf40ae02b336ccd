import type { Recordings } from './recordings.svelte';
import { replayKey } from './replayKeys';
import type { View } from './view.svelte';
import type { Workbench } from './workbench.svelte';

/** The keys, as the sheet shows them; what they do stands below. */
export const keys: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['Space', 'Esc'], does: 'Stop: command zero, whatever has the focus' },
  { keys: ['P'], does: 'Pause and go on' },
  { keys: ['K'], does: 'Kick the pole' },
  { keys: ['[', ']'], does: 'Move the target left, right' },
  { keys: ['Ctrl', 'L'], does: 'Forget everything and learn again' },
  { keys: ['V'], does: 'Freeze the view; the loop goes on' },
  { keys: ['End'], does: 'Back to now' },
  { keys: ['F'], does: 'Show or hide the fan' },
  { keys: ['1', 'R'], does: 'The workbench, the recordings' },
  { keys: ['Shift', 'Space'], does: 'A blank in a note, a tag or a name, while Space is Stop' },
  { keys: ['?'], does: 'This sheet' },
];
const TARGET_STEP = 0.1;

/**
 * Listens for keys on the whole page. Space and Esc are Stop whenever a loop runs, caught before anything that has the
 * focus; a desktop shell catches them once more, for a page that hangs.
 */
export function listenForKeys(page: Window, workbench: Workbench, view: View, recordings: Recordings): () => void {
  let held = '';
  const down = (event: KeyboardEvent) => {
    const isBlank = isSpace(event) && event.shiftKey && isTyping(event.target);
    if ((isSpace(event) || event.key === 'Escape') && !isBlank && (workbench.loopRuns || held === event.code)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (held !== event.code) workbench.stop(`${event.key === 'Escape' ? 'Esc' : 'Space'} was pressed.`);
      held = event.code; // a key that is held down must not start the thing that it stopped
      return;
    }
    if (event.key === 'Escape' && view.keySheet) {
      view.keySheet = false;
      return;
    }
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key.toLowerCase() === 'l' && !event.altKey) {
      event.preventDefault();
      if (!event.repeat) forget(workbench, view);
      return;
    }
    if (ctrl || event.altKey || isTyping(event.target)) return;
    if (view.screen === 'recordings' ? watch(event) : !belongsToSlider(event) && act(event.key, event.repeat)) event.preventDefault();
  };
  /** On the screen of the recordings. @returns whether the key was ours */
  function watch(event: KeyboardEvent): boolean {
    const { key, repeat, target } = event;
    if (isSpace(event)) {
      if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
      held = event.code; // a button that has the focus is not pressed as well: Enter does that
      recordings.player.togglePlay();
      return true;
    }
    if (key === 'Escape') {
      view.setScreen('workbench');
      return true;
    }
    return (!belongsToSlider(event) && replayKey(event, recordings)) || (!repeat && everywhere(key));
  }
  /** Keys that every screen has. @returns whether it was one of them */
  function everywhere(key: string): boolean {
    switch (key.toLowerCase()) {
      case '1':
        view.setScreen('workbench');
        return true;
      case 'r':
        view.setScreen('recordings');
        return true;
      case 'f':
        view.toggleFan();
        return true;
      case 'p':
        togglePause(workbench);
        return true;
      case '?':
        view.keySheet = !view.keySheet;
        return true;
      default:
        return false;
    }
  }
  /** @returns whether the key was ours */
  function act(key: string, repeat: boolean): boolean {
    switch (key) {
      case '[':
      case ']':
        moveTarget(workbench, view, key === ']' ? TARGET_STEP : -TARGET_STEP);
        return true;
      case 'End':
        view.goLive();
        return true;
      default:
    }
    if (repeat) return false;
    switch (key.toLowerCase()) {
      case 'k':
        kick(workbench, view);
        return true;
      case 'v':
        toggleFreeze(workbench, view);
        return true;
      default:
        return everywhere(key);
    }
  }
  const up = (event: KeyboardEvent) => {
    if (event.code !== held) return;
    held = '';
    event.preventDefault(); // a button that has the focus would be clicked by the release
    event.stopImmediatePropagation();
  };
  const blur = () => void (held = '');
  page.addEventListener('keydown', down, { capture: true });
  page.addEventListener('keyup', up, { capture: true });
  page.addEventListener('blur', blur);
  return () => {
    page.removeEventListener('keydown', down, { capture: true });
    page.removeEventListener('keyup', up, { capture: true });
    page.removeEventListener('blur', blur);
  };
}

export function togglePause(workbench: Workbench): void {
  const state = workbench.status?.state;
  if (state === 'RUNNING') void workbench.setPaused(true);
  else if (state === 'PAUSED') void workbench.setPaused(false);
}
export function kick(workbench: Workbench, view: View): void {
  workbench.kick();
  view.didInvitation('kick');
}
export function moveTarget(workbench: Workbench, view: View, by: number): void {
  if (workbench.targetId === undefined) return;
  workbench.moveTarget(workbench.target + by);
  view.didInvitation('target');
}
export function forget(workbench: Workbench, view: View): void {
  void workbench.forget();
  view.goLive();
  view.didInvitation('forget');
}
export function toggleFreeze(workbench: Workbench, view: View): void {
  if (view.frozen !== undefined) view.goLive();
  else view.freeze(workbench.history.now, workbench.plan, workbench.planAt);
}
const isSpace = ({ key, code }: KeyboardEvent): boolean => key === ' ' || code === 'Space';
/** Arrows move a slider, Home and End take it to its ends. */
function belongsToSlider({ key, target }: KeyboardEvent): boolean {
  const isSlider = target instanceof HTMLInputElement && (target.type === 'range' || target.type === 'radio');
  return isSlider && (key === 'Home' || key === 'End' || key.startsWith('Arrow'));
}
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) return target.type === 'text';
  return target instanceof HTMLElement && target.getAttribute('aria-expanded') === 'true' && target.getAttribute('role') === 'combobox';
}
