import { choice, integer, real, type NumberSetting, type SettingsOf } from '../settings';

const fault = (options: Omit<NumberSetting, 'kind' | 'applies' | 'min'>): NumberSetting =>
  real({ ...options, min: 0, applies: 'nextEpisode' });
const hidden = 'The rig has it beside the plant’s own, and no model is told.';

/**
 * The room `rig`: what a simulated rig has that its plant has not. Sensors, time between a command and its effect, and
 * frictions that no model is told about. With everything at zero it is the plant itself.
 */
export const rigSettings = {
  rates: choice({
    label: 'Rates',
    choices: ['estimated', 'measured'],
    default: 'estimated',
    applies: 'nextEpisode',
    meaning: 'Whether velocities are estimated from encoder readings, as on a bench, or measured, for comparison with the literature only.',
  }),
  delay: fault({
    label: 'Delay',
    unit: 's',
    default: 0.05,
    max: 1,
    step: 0.005,
    meaning: 'Time from the moment a command belongs to until it acts: transport and computing together. Need not be whole periods.',
  }),
  angleNoise: fault({
    label: 'Angle noise',
    unit: 'rad',
    default: 1e-3,
    max: 1,
    step: 1e-3,
    meaning: 'Standard deviation of one reading of an angle.',
  }),
  positionNoise: fault({
    needsChannel: 'position',
    label: 'Position noise',
    unit: 'm',
    default: 1e-3,
    max: 1,
    step: 1e-3,
    meaning: 'Standard deviation of one reading of the cart’s position.',
  }),
  rateNoise: fault({
    label: 'Rate noise',
    unit: '1/s',
    default: 0.02,
    max: 10,
    step: 0.01,
    meaning: 'Standard deviation of a measured rate (rad/s) or velocity (m/s); only where rates are measured.',
  }),
  readings: integer({
    label: 'Readings',
    unit: 'a period',
    default: 4,
    min: 1,
    max: 64,
    step: 1,
    applies: 'nextEpisode',
    expert: true,
    meaning: 'How often the positions are read in one control period, at equal distances, the last time at its end.',
  }),
  angleCounts: integer({
    label: 'Angle encoder',
    unit: 'counts a turn',
    default: 0,
    min: 0,
    max: 10_000_000,
    step: 1,
    applies: 'nextEpisode',
    meaning: 'Readings of angles are whole counts of so many a turn; 0 = as fine as the numbers are.',
  }),
  positionCounts: integer({
    needsChannel: 'position',
    label: 'Position encoder',
    unit: 'counts a metre',
    default: 0,
    min: 0,
    max: 10_000_000,
    step: 1,
    applies: 'nextEpisode',
    meaning: 'Readings of the cart’s position are whole counts of so many a metre; 0 = as fine as the numbers are.',
  }),
  actuatorLag: fault({
    label: 'Actuator lag',
    unit: 's',
    default: 0,
    max: 1,
    step: 0.005,
    meaning: 'Time constant with which the drive follows its command, first order.',
  }),
  deadBand: fault({
    label: 'Dead band',
    unit: 'of limit',
    default: 0,
    max: 0.9,
    step: 0.01,
    meaning: 'Commands below this share of the limit do nothing; larger ones lose as much.',
  }),
  cartViscous: fault({
    needsChannel: 'position',
    label: 'Hidden cart damping',
    unit: 'N s/m',
    default: 0,
    max: 100,
    step: 0.05,
    meaning: `Force against the cart’s motion for each m/s. ${hidden}`,
  }),
  cartCoulomb: fault({
    needsChannel: 'position',
    label: 'Hidden cart dry friction',
    unit: 'N',
    default: 0,
    max: 100,
    step: 0.1,
    meaning: `Force against the cart’s motion whatever its speed. ${hidden}`,
  }),
  jointViscous: fault({
    label: 'Hidden joint damping',
    unit: 'N m s',
    default: 0,
    max: 10,
    step: 0.001,
    meaning: `Torque against the pendulum’s motion for each rad/s. ${hidden}`,
  }),
  jointCoulomb: fault({
    label: 'Hidden joint dry friction',
    unit: 'N m',
    default: 0,
    max: 10,
    step: 0.001,
    meaning: `Torque against the pendulum’s motion whatever its speed. ${hidden}`,
  }),
};
export type RigSettings = SettingsOf<typeof rigSettings>;
