import { FileRefused } from '../../../shared/recordings/refusal';
import { registries } from '../../../shared/setups/resolve';
import { replay } from '../../workers/replay';
import { defineCommand } from '../command';
import { choice } from '../flags';
import { episodeOfFile } from './episodeOfFile';

const controllers = Object.keys(registries.controller);

export const replayCommand = defineCommand({
  name: 'replay',
  purpose: 'Runs a recorded episode through the loop again and says whether it is identical.',
  arguments: [{ name: 'FILE', meaning: 'A recording of an episode (.mcap).', least: 1, most: 1 }],
  flags: {
    controller: choice({
      choices: controllers,
      otherwise: 'the recorded one',
      meaning: 'Another controller, which sees the recorded states; its commands are compared with the recorded ones.',
    }),
  },
  example: 'upright replay recordings/pendulum.mcap',
  notes: [
    'Recorded measurements take the place of the rig, recorded plans that of planner and learner. Estimates, costs, verdicts and commands must be equal to the last bit: exit 0; otherwise exit 1 and the first step that differs.',
  ],
  async run({ arguments: [file], flags }) {
    const { episode, resolved } = episodeOfFile(file!);
    if (episode.header.rig === 'imported') {
      const what = 'it was imported from a table; what drove it did not run here, and cannot run again';
      throw new FileRefused(file!, 'imported', what, 'Replay a recording that this program made.');
    }
    const result = replay(episode, resolved, flags.controller);
    const { unit } = episode.header.action;
    const difference = `commands differ by ${shown(result.largestDifference)} ${unit} at most, ${shown(result.rmsDifference)} ${unit} root mean square`;
    const where =
      result.firstDifferenceStep === null ? '' : ` From step ${result.firstDifferenceStep} on it differs: ${result.difference}.`;
    return {
      exit: result.identical === false ? 1 : 0,
      document: {
        file,
        plant: episode.header.plant,
        episode: episode.header.episode,
        periodSeconds: episode.header.period,
        steps: result.steps,
        controller: flags.controller ?? null,
        identical: result.identical,
        firstDifferenceStep: result.firstDifferenceStep,
        difference: result.difference === '' ? null : result.difference,
        commands: { unit, largestDifference: result.largestDifference, rmsDifference: result.rmsDifference },
      },
      text:
        result.identical === null
          ? `${file}: under the controller ${flags.controller} ${difference} in ${result.steps} steps.`
          : result.identical
            ? `${file}: identical in all ${result.steps} steps.`
            : `${file}: ${difference}.${where}`,
    };
  },
});

const shown = (value: number): string => (value === 0 ? '0' : value.toPrecision(3));
