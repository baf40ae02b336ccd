export type NetworkLoss = 'squaredError' | 'gaussianLikelihood';

/** Log variances are held within these; a pull of so much per unit brings back what strays. */
export const LEAST_LOG_VARIANCE = -8;
export const MOST_LOG_VARIANCE = 2;
export const PULL_BACK = 0.1;
