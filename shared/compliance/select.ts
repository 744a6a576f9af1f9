import type { CheckId } from './checks';
import { CONTROLS, type Control } from './controls';
import { isCovered, type Standard } from './standard';
import { STANDARDS } from './standards';

export type Selected = {
  readonly standards: readonly Standard[];
  readonly controls: readonly Control[];
  /** Of the controls that a chosen standard asks for, without those left out. */
  readonly checks: readonly CheckId[];
};

/** What is printed and run; null where nothing is called that. */
export const select = (
  standard: string | undefined,
  control: string | undefined,
  except: readonly CheckId[],
): Selected | null => {
  const standards = STANDARDS.filter(({ id }) => standard === undefined || id === standard);
  const controls = CONTROLS.filter(({ id }) => control === undefined || id === control);
  if (standards.length === 0 || controls.length === 0) return null;
  const asked = controls.filter(({ id }) => standards.some(({ mappings }) => isCovered(mappings[id])));
  const checks = [...new Set(asked.flatMap(({ checks: of }) => of))].filter((id) => !except.includes(id));
  return { standards, controls, checks };
};
