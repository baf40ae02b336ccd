import { Features } from '../../src/shared/models/features';
import { freshMoments } from '../../src/shared/models/network/adamW';
import { EnsembleModel } from '../../src/shared/models/network/ensembleModel';
import { networkLayout } from '../../src/shared/models/network/layout';
import { initialParameters } from '../../src/shared/models/network/train';
import type { RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import type { SubjectMessage } from '../../src/main/control/subject';

const WIDTHS = [16, 16];
const MEMBERS = 3;

/** Three small networks on the light cart-pole, as they are before the first training step. */
export function networkSubject(): RolloutSubject & { readonly model: EnsembleModel } {
  const { plant, instance, period, cost, setup } = resolveSetup(builtInSetups.light!);
  const features = new Features(plant, instance.actionLimit, period, ['integrates', 'placeFree']);
  const outputs = features.outputs.length;
  const layout = networkLayout(MEMBERS, features.inputs.length, WIDTHS, 2 * outputs);
  const scales = new Float64Array(outputs).fill(2);
  const parts = { activation: 'silu', loss: 'gaussianLikelihood', symmetry: 'none' } as const;
  const header = {
    format: 'upright model' as const,
    version: 1 as const,
    kind: 'ensemble',
    plant: setup.plant,
    channels: plant.channels.map(({ id }) => id),
    period,
    priors: features.priors,
    settings: {},
    seed: 7,
    rows: 0,
    structure: { actionLimit: instance.actionLimit, members: MEMBERS, widths: WIDTHS, ...parts, scales: [...scales], optimiserSteps: 0 },
  };
  const parameters = initialParameters(layout, 7, { weightScale: 1.4, biasScale: 0.3, lastScale: 0.6 });
  const model = new EnsembleModel(header, features, { layout, ...parts, scales }, parameters, freshMoments(layout.size));
  return { plant, instance, model, cost };
}
/** The same as it crosses to a thread. */
export function networkMessage(): SubjectMessage {
  const { setup, settings } = resolveSetup(builtInSetups.light!);
  const { model, cost } = networkSubject();
  return { plant: setup.plant, plantSettings: settings.plant, model: model.save(), cost };
}
