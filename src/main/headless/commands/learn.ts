import { SettingError } from '../../../shared/settings';
import { writeModel } from '../../storage/modelFile';
import { LearnFailed, learnSeed, type LearnedSeed, type LearnJob, type LearnNews } from '../../workers/learnSeed';
import { defineCommand, type World } from '../command';
import { Cancelled, LackingError, UsageError } from '../refusals';
import { learnFlags } from './learn/flags';
import { prepareLearning, type LearnCall, type PreparedLearning } from './learn/job';
import { learnedFields, learnedSentence, medianExperience } from './learn/outcome';
import { fileForModel } from './modelName';

/** Learns one seed somewhere; the command line has a thread for it, a test a few lines. */
export type LearnRunner = (job: LearnJob, tell: (news: LearnNews) => void, signal: AbortSignal) => Promise<LearnedSeed>;

export const learnCommand = (learnIn: LearnRunner = learnSeed) =>
  defineCommand({
    name: 'learn',
    purpose: 'Learns from scratch on a simulated rig and counts the seconds of experience.',
    arguments: [],
    flags: learnFlags,
    example: 'upright learn --plant cartPole --setup pilco --seed 1',
    notes: [
      'Experience counts every second on the rig, random data included, up to the instant in the first successful episode from which the pole stays up. Lasting: |angle| ≤ 0.2 rad from some instant to the end of the episode, at least 2 s, no limit broken. A run ends with the first lasting episode: exit 0; without one: exit 1.',
    ],
    async run(call) {
      const prepared = await prepareLearning(call);
      const { seeds } = call.flags;
      if (seeds === undefined) {
        for (const flag of ['jobs', 'at-least'])
          if (call.given.has(flag)) throw new UsageError('value', `--${flag} needs --seeds.`, 'Give the seeds, as in --seeds 1-10.');
        return learnOne(call, prepared, learnIn);
      }
      for (const flag of ['seed', 'save'])
        if (call.given.has(flag)) throw new UsageError('value', `--${flag} and --seeds contradict each other.`, 'Give one of them.');
      return learnMany(call, prepared, learnIn, seeds);
    },
  });

async function learnOne(call: LearnCall, prepared: PreparedLearning, learnIn: LearnRunner) {
  const { flags, world } = call;
  const file = flags.save === undefined ? undefined : await fileForModel(world.home, flags.save, false);
  const job = prepared.jobOf(flags.seed, world.threads);
  const learned = await guarded(learnIn(job, (news) => report(world, flags.experience, 'learn', news), world.signal));
  const saved = file !== undefined && learned.model !== undefined;
  if (saved) await writeModel(file, learned.model!, { createdAt: new Date().toISOString(), upright: world.version, trainedOn: [] });
  return {
    exit: learned.succeeded ? 0 : 1,
    document: learnedFields(job, learned, prepared.equationsOff, saved ? flags.save! : null),
    text: learnedSentence(flags.seed, job.setup, learned),
  } as const;
}

async function learnMany(call: LearnCall, prepared: PreparedLearning, learnIn: LearnRunner, [first, last]: readonly [number, number]) {
  const { flags, world } = call;
  const count = last - first + 1;
  if (count > 100_000) throw new UsageError('value', `--seeds asks for ${count} runs.`, 'Ask for 100 000 at most.');
  const needed = flags['at-least'] ?? count;
  if (needed > count)
    throw new UsageError('value', `--at-least ${needed} of ${count} seeds cannot come true.`, 'Ask for fewer, or give more seeds.');
  const threads = Math.max(1, Math.floor(world.threads / flags.jobs));
  const runs: (LearnedSeed | undefined)[] = Array.from({ length: count });
  let next = 0;
  let done = 0;
  const documentOf = () => {
    const finished = runs.filter((run) => run !== undefined);
    return {
      runs: runs.flatMap((run, i) =>
        run === undefined
          ? []
          : [
              {
                seed: first + i,
                wallSeconds: run.wallSeconds,
                ...learnedFields(prepared.jobOf(first + i, threads), run, prepared.equationsOff, null),
              },
            ],
      ),
      succeededRuns: finished.filter(({ succeeded }) => succeeded).length,
      medianExperienceSeconds: medianExperience(finished),
    };
  };
  const worker = async () => {
    while (next < count && !world.signal.aborted) {
      const i = next++;
      const seed = first + i;
      const tell = (news: LearnNews) => {
        if (flags.jobs === 1 || news.kind === 'trouble') report(world, flags.experience, `learn seed ${seed}`, news);
      };
      runs[i] = await guarded(learnIn(prepared.jobOf(seed, threads), tell, world.signal));
      done++;
      if (flags.jobs > 1) world.progress.report({ phase: 'learn', done, total: count, unit: 'seed' });
      world.progress.say(learnedSentence(seed, prepared.resolved.setup, runs[i]));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(flags.jobs, count) }, worker));
  } catch (error) {
    if (error instanceof Cancelled) throw new Cancelled(documentOf());
    throw error;
  }
  const document = documentOf();
  return {
    exit: document.succeededRuns >= needed ? 0 : 1,
    document,
    text: `${document.succeededRuns} of ${count} seeds succeeded; median experience ${document.medianExperienceSeconds ?? '-'} s.`,
  } as const;
}

/** What ends a run early, in the words of the command line. */
async function guarded(run: Promise<LearnedSeed>): Promise<LearnedSeed> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof LearnFailed)) throw error;
    if (error.kind === 'LearningCancelled' || error.kind === 'FitCancelled') throw new Cancelled();
    if (error.kind === 'TensorBackendMissing')
      throw new LackingError('backend', error.message, 'Leave --backend out to train by the kernels.');
    if (error.kind === 'SettingError') throw new SettingError('', error.message);
    throw error;
  }
}

function report(world: World, total: number, phase: string, news: LearnNews): void {
  if (news.kind === 'trouble') return world.warn({ code: 'recording', text: news.text });
  if (news.kind !== 'progress') return;
  const { experience, episode, cost, fits, uprightFor } = news;
  world.progress.report({
    phase,
    done: Math.min(experience, total),
    total,
    unit: 'second',
    secondsLeft: null,
    figures: { episode, cost, fits, ...(uprightFor === undefined ? {} : { uprightFor }) },
  });
}
