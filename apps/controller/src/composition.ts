import type { ControllerFeature } from './platform/feature.js';
import { serviceFeature } from './features/service/index.js';

/** All features, in the order in which their migrations and `prepare` steps run. */
export const FEATURES: readonly ControllerFeature[] = [serviceFeature];
