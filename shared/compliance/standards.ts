import type { Standard } from './standard';
import { standard as ccpa } from './standards/ccpa';
import { standard as fedramp } from './standards/fedramp';
import { standard as gdpr } from './standards/gdpr';
import { standard as hipaa } from './standards/hipaa';
import { standard as iso27001 } from './standards/iso27001';
import { standard as itil4 } from './standards/itil4';
import { standard as nistCsf } from './standards/nistCsf';
import { standard as pciDss } from './standards/pciDss';
import { standard as soc2 } from './standards/soc2';

/** Every standard of the map. A new one is its file and its line here. */
export const STANDARDS: readonly Standard[] = [
  soc2,
  iso27001,
  hipaa,
  pciDss,
  gdpr,
  ccpa,
  fedramp,
  itil4,
  nistCsf,
];
