import { EPISODE_FORMAT, readHeader, RecordRefused, type EpisodeHeader } from '../../../shared/episodes/record';
import { readRecordingSpec } from '../../../shared/recordings/recordingSpec';
import { tailOf, transitionsOf } from '../../../shared/recordings/grid';
import type { DynamicsModel, Prior } from '../../../shared/models/model';
import type { ChosenTrainer } from '../../../shared/models/network/trainer';
import type { Plant } from '../../../shared/plants/plant';
import { registries } from '../../../shared/setups/resolve';
import type { Setup } from '../../../shared/setups/setup';
import { SettingError, settle, type SettingValue, type SettingValues } from '../../../shared/settings';
import { FileRefused } from '../../../shared/recordings/refusal';
import { isParquet, parquetTexts } from '../../storage/tables/parquetTable';
import { sha256Of, writeModel } from '../../storage/modelFile';
import { TensorBackendMissing } from '../../workers/tensors';
import { chooseTrainer } from '../../workers/trainers';
import { defineCommand, type Call } from '../command';
import { LackingError, UsageError } from '../refusals';
import { assignmentsOf, settingFromText } from '../settingsOfCall';
import { setupNamed } from '../setupOfCall';
import { errorRows, errorTable, type ErrorRow, type Tested } from './fit/errors';
import { fitModel, kindOfModel } from './fit/fitModels';
import { fitFlags, periodRange } from './fit/flags';
import { readRecordings, type Recording } from './fit/recordings';
import { episodeOfFile, isRecording } from './episodeOfFile';
import { fileForModel } from './modelName';
import { checkTrainer } from './trainerFlags';

type FitCall = Call<typeof fitFlags>;

export const fitCommand = defineCommand({
  name: 'fit',
  purpose: 'Fits dynamics models to recordings and prints their open-loop errors.',
  arguments: [{ name: 'TRAIN', meaning: 'A recording to train on: PATH[@FROM:TO,...][+action=COLUMN][+row=0].', least: 1, most: Infinity }],
  flags: fitFlags,
  example:
    'upright fit energy.csv@0.05:4.2+action=torque --test ringdown.csv@12.2:16.5+action=torque --map time=time:s,position=angle:rad:zero=down,velocity=rate:rad/s --plant pendulum',
  notes: [
    'A recording is PATH[@FROM:TO[,FROM:TO]...][+KEY=VALUE]... Windows are seconds of its own clock and are never joined. Keys: action=COLUMN[:UNIT], row=auto|-1|0|1 (the action applied from row k on stands in row k + row; auto means 0), mask=auto|none|FROM:TO,... (auto means none).',
    'Units: s ms us ns, rad deg turn count (with cpr=4096), rad/s deg/s rpm, m mm, N Nm mNm V A duty. Options: zero=up|down|VALUE, sign=-1, scale=K, wrap=none|pi|2pi.',
    'A recording of ours (.mcap), and a .parquet file that upright convert made of one, need no mapping, plant or period. Rows take the place of lines in what is said of Parquet.',
    'With --test the held-out tails only stop networks early and the other models train on everything; without it no model trains on the tails and they are what is predicted.',
  ],
  async run(call) {
    const { flags, world } = call;
    const own = headerOfFirst(call.arguments);
    const plantId = flags.plant ?? own?.plant ?? refusePlant();
    const plant = registries.plant[plantId]!;
    const settings = settingsOf(call, await setupNamed(flags.setup, plantId, world.home), plant);
    const priors = priorsOf(call, plant);
    const saves = await savesOf(call);
    const trainer = await trainerOf(call);
    const backend = trainer?.backend;
    // a recording of ours has a grid already, and so has a table of one
    const grid = { period: call.given.has('period') ? flags.period : (own?.period ?? flags.period), smooth: flags.smooth };
    const recordings = await readRecordings(
      { train: call.arguments, test: flags.test, map: flags.map, partner: flags.partner },
      plantId,
      plant,
      grid,
      world,
    );
    const data = dataOf(call, recordings, plant.channels.length, grid.period);
    const instance = plant.create(settle(plant.settings, settings.plant, 'plant'));
    const errors: ErrorRow[] = [];
    const savedModels: string[] = [];
    for (const model of flags.model) {
      const stopsEarly = kindOfModel(model).usesTensors && data.tails.count > 0;
      const trained = stopsEarly || data.testsTails ? data.heads : data.all;
      const fitted = await fitModel(
        {
          model,
          plantId,
          plant,
          instance,
          priors,
          period: grid.period,
          seed: flags.seed,
          plantSettings: settings.plant,
          settings: inEpochs(call, model, settings.models.get(model)!, trained.count),
          data: trained,
          heldOut: stopsEarly ? data.tails : undefined,
        },
        world,
      );
      errors.push(...errorRows(model, fitted, data.tested, flags.steps, plant));
      const path = saves.get(model);
      if (path !== undefined) {
        await saveModel(path.file, fitted, recordings, world.version);
        savedModels.push(path.name);
      }
    }
    const grown = Math.max(...recordings.map(({ grownSmooth }) => grownSmooth ?? 0));
    return {
      exit: 0,
      document: {
        plant: plantId,
        priors,
        grid: { periodSeconds: grid.period, smoothSeconds: grid.smooth, action: 'mean', grownSmoothSeconds: grown > 0 ? grown : null },
        files: recordings.map(({ document }) => document),
        errors,
        parameters: [],
        identification: [],
        backend: backend === undefined ? null : { name: backend.name, version: backend.version, reason: backend.reason },
        trainer: trainer?.name ?? null,
        savedModels,
      },
      text: errorTable(errors),
    };
  },
});

function refusePlant(): never {
  throw new UsageError(
    'missingFlag',
    'Nothing says which plant was recorded.',
    `Say it with --plant: ${Object.keys(registries.plant).join(', ')}.`,
  );
}
/** What the first recording of ours among the files says of itself, or the first table that was made from one. */
function headerOfFirst(files: readonly string[]): EpisodeHeader | undefined {
  for (const { path } of files.map(readRecordingSpec)) {
    if (isRecording(path)) return episodeOfFile(path).episode.header;
    const texts = isParquet(path) ? parquetTexts(path) : {};
    if (texts['format'] === EPISODE_FORMAT) return headerOfTable(path, texts);
  }
  return undefined;
}
function headerOfTable(path: string, texts: Readonly<Record<string, string>>): EpisodeHeader {
  const remedy = 'Convert the recording again.';
  try {
    const header = readHeader(texts);
    const { plant, period } = header;
    const { min, max } = periodRange;
    const wrong = !Object.hasOwn(registries.plant, plant) ? 'plant' : !(period >= min && period <= max) ? 'period' : undefined;
    if (wrong !== undefined) throw new FileRefused(path, 'recording', `its ${wrong} is none that this program knows`, remedy);
    return header;
  } catch (error) {
    if (error instanceof RecordRefused) throw new FileRefused(path, 'recording', error.message.replace(/\.$/, ''), remedy);
    throw error;
  }
}

/** Settings of the plant, from the setup and `--set plant.…`, and of each model, from `--set model.…` and `--epochs`. */
function settingsOf({ flags }: FitCall, setup: Setup, plant: Plant): { plant: SettingValues; models: Map<string, SettingValues> } {
  const plantValues: Record<string, SettingValue> = {};
  for (const [id, value] of Object.entries(setup.values)) if (id.startsWith('plant.')) plantValues[id.slice(6)] = value;
  const models = new Map<string, Record<string, SettingValue>>(flags.model.map((id) => [id, {}]));
  for (const [id, text] of assignmentsOf(flags.set)) {
    const [room, key] = id.split('.') as [string, string];
    if (room === 'plant' && Object.hasOwn(plant.settings, key)) plantValues[key] = settingFromText(plant.settings[key]!, text, id);
    else {
      const takers = room === 'model' ? flags.model.filter((model) => Object.hasOwn(kindOfModel(model).settings, key)) : [];
      if (takers.length === 0)
        throw new SettingError(
          id,
          `Nothing here has a setting "${id}". A fit knows plant.… of the plant and model.… of ${flags.model.join(', ')}.`,
        );
      for (const model of takers) models.get(model)![key] = settingFromText(kindOfModel(model).settings[key]!, text, id);
    }
  }
  for (const [model, values] of models) settle(kindOfModel(model).settings, values, 'model');
  settle(plant.settings, plantValues, 'plant');
  return { plant: plantValues, models };
}

/** Passes through the data are steps to a network; `--set model.firstSteps` says them itself. */
function inEpochs({ flags, given }: FitCall, model: string, values: SettingValues, rows: number): SettingValues {
  const kind = kindOfModel(model);
  if (!kind.usesTensors || !Object.hasOwn(kind.settings, 'firstSteps')) return values;
  if (values.firstSteps !== undefined) {
    if (given.has('epochs'))
      throw new UsageError('value', '--epochs and --set model.firstSteps both say how long to train.', 'Give one of them.');
    return values;
  }
  const { batch } = settle(kind.settings, values, 'model') as Readonly<Record<string, SettingValue>>;
  return { ...values, firstSteps: Math.min(100_000, flags.epochs * Math.ceil(rows / (batch as number))) };
}

function priorsOf({ flags }: FitCall, plant: Plant): Prior[] {
  if (flags.prior === undefined) return plant.structure.mirror ? ['integrates', 'mirror'] : ['integrates'];
  if (!flags.prior.includes('none')) return flags.prior as Prior[];
  if (flags.prior.length > 1) throw new UsageError('value', '--prior names "none" beside others.', 'Name priors, or none.');
  return [];
}

/** Where each model goes, checked before hours are spent on fitting. */
async function savesOf({ flags, world }: FitCall): Promise<Map<string, { name: string; file: string }>> {
  const saves = new Map<string, { name: string; file: string }>();
  if (flags.save === undefined) return saves;
  for (const model of flags.model) {
    const name = flags.model.length === 1 ? flags.save : `${flags.save}-${model}`;
    saves.set(model, { name, file: await fileForModel(world.home, name, flags.force) });
  }
  return saves;
}

async function trainerOf({ flags, given, world }: FitCall): Promise<ChosenTrainer | undefined> {
  if (!flags.model.some((model) => kindOfModel(model).usesTensors)) {
    for (const flag of ['backend', 'trainer', 'epochs']) {
      if (given.has(flag))
        throw new UsageError(
          'value',
          `--${flag} is for networks; ${flags.model.join(', ')} ${flags.model.length === 1 ? 'uses' : 'use'} no tensors.`,
          `Leave --${flag} out, or fit an ensemble.`,
        );
    }
    return undefined;
  }
  checkTrainer(flags.trainer, flags.backend);
  try {
    return await chooseTrainer(flags.trainer, flags.backend, { threads: world.threads });
  } catch (error) {
    if (error instanceof TensorBackendMissing)
      throw new LackingError('backend', error.message, 'Leave --backend out to train by the kernels.');
    throw error;
  }
}

/** What is trained on, stopped early on, and predicted. */
function dataOf({ flags, world }: FitCall, recordings: readonly Recording[], size: number, period: number) {
  const train = recordings.filter(({ role }) => role === 'train');
  const test = recordings.filter(({ role }) => role === 'test');
  const stretches = train.flatMap((recording) => recording.stretches);
  const { heads, tails } = transitionsOf(stretches, size, flags['held-out']);
  const tested: Tested[] = test.map(({ spec, stretches: own }) => ({ file: spec.path, stretches: own }));
  if (test.length === 0) {
    world.warn({
      code: 'heldOutTested',
      text: `No recording to test on was given: errors are those on the last ${flags['held-out'] * 100} % of the training windows, which networks also stop early on. Give one with --test.`,
    });
    tested.push(
      ...train.map(({ spec, stretches: own }) => ({
        file: spec.path,
        stretches: own.flatMap((stretch) => tailOf(stretch, size, flags['held-out'], period) ?? []),
      })),
    );
  }
  return { heads, tails, all: transitionsOf(stretches, size).heads, tested, testsTails: test.length === 0 };
}

async function saveModel(file: string, model: DynamicsModel, recordings: readonly Recording[], upright: string): Promise<void> {
  const trained = recordings.filter(({ role }) => role === 'train');
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const trainedOn = await Promise.all(
    trained.map(async ({ spec }) => ({
      file: spec.path,
      windows: spec.windows.map(([from, to]) => [finite(from), finite(to)] as const),
      sha256: await sha256Of(spec.path),
    })),
  );
  await writeModel(file, model.save(), { createdAt: new Date().toISOString(), upright, trainedOn });
}
