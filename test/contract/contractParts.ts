import { calls, type CallName, type WorkbenchApi } from '../../src/shared/contract/contract';
import { serve } from '../../src/shared/contract/rpc';
import type { Transport } from '../../src/shared/contract/transport';

type ParamsOf<K extends CallName> = Parameters<WorkbenchApi[K]> extends [infer P] ? P : undefined;

/** Parameters with everything in them that each call may be given; a new call is missed here by the type checker. */
export const fullParams: { readonly [K in CallName]: ParamsOf<K> } = {
  snapshot: undefined,
  takeControls: { take: true },
  releaseControls: { lease: 'l' },
  start: { lease: 'l' },
  pause: { lease: 'l', paused: true },
  stop: { reason: 'because' },
  reset: { lease: 'l', pose: [0, 0, 3, 0] },
  changeSettings: { lease: 'l', values: { 'planner.population': 32, 'loop.pace': 'strict', 'a.flag': true, 'model.layers': [64, 64] } },
  resetSettings: { lease: 'l', ids: ['planner.population'] },
  chooseSetup: {
    lease: 'l',
    setup: 'pilco',
    model: 'linear',
    planner: 'cem',
    controller: 'mpc',
    algorithm: 'oneShot',
    task: 'swingUp',
    seed: 2,
    priors: ['mirror'],
  },
  setSpeed: { lease: 'l', speed: 2 },
  push: { lease: 'l', force: 10, torque: -1, seconds: 0.1 },
  forget: { lease: 'l' },
  cancelFit: { lease: 'l' },
  planCredit: { credits: 2 },
  recordings: undefined,
  openRecording: { name: 'a.mcap' },
  recordedRows: { name: 'a.mcap', from: 0, to: 1, most: 100 },
  recordedPlans: { name: 'a.mcap', from: 0, to: 1, most: 100 },
  markRecording: { name: 'a.mcap', marks: { tags: ['bench'], note: 'new belt', heldOut: true } },
  trashRecordings: { names: ['a.mcap', 'b.mcap'] },
  recoverRecording: { name: 'a.mcap.part' },
  importRecording: { path: '/data/a.csv' },
  exportRecording: { name: 'a.mcap', form: 'csv' },
  cancelRecordingWork: undefined,
  showRecordings: undefined,
  showRecording: { name: 'a.mcap' },
  moveData: { lease: 'l', to: '/data/upright' },
  loadRecordedSetup: { lease: 'l', name: 'a.mcap' },
  savedSetups: undefined,
  saveSetup: { name: 'bench 2', replace: true },
  loadSetup: { lease: 'l', name: 'bench 2' },
  trashSetup: { name: 'bench 2' },
  compareSetup: { name: 'bench 2' },
};
/** Keys that may be left out. */
export const optional: Partial<Record<CallName, readonly string[]>> = {
  resetSettings: ['ids'],
  chooseSetup: ['setup', 'model', 'planner', 'controller', 'algorithm', 'task', 'seed', 'priors'],
  saveSetup: ['replace'],
};
export const callNames = Object.keys(calls) as CallName[];

export interface HeardCall {
  readonly name: string;
  readonly params: unknown;
}
/** A workbench that does nothing but remember what reached it. */
export function rememberingApi(answers: Partial<WorkbenchApi> = {}): { readonly api: WorkbenchApi; readonly heard: HeardCall[] } {
  const heard: HeardCall[] = [];
  const api = Object.fromEntries(
    callNames.map((name) => [
      name,
      async (params: unknown) => {
        heard.push({ name, params });
        return (answers[name] as ((params: unknown) => Promise<unknown>) | undefined)?.(params);
      },
    ]),
  );
  return { api: api as unknown as WorkbenchApi, heard };
}

/** A server whose transport is in the test's hands: raw values go in as they are, answers are collected. */
export function servedByHand(api: WorkbenchApi) {
  const listeners = new Set<(message: unknown) => void>();
  const sent: { kind: string; id?: number; name?: string; message?: string }[] = [];
  const transport: Transport = {
    send: (message) => void sent.push(message as (typeof sent)[number]),
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose: () => () => {},
    close() {},
  };
  const served = serve(transport, api);
  return {
    sent,
    served,
    receive(message: unknown) {
      for (const listen of listeners) listen(message);
    },
  };
}
/** Lets everything that waits for promises happen. */
export const settled = () => new Promise<void>((done) => setImmediate(done));
