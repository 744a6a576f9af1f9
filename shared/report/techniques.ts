import { KINDS } from '../detection/baseline/raised';
import { LOG_RULES } from '../detection/logRules';
import { RULES } from '../detection/rules';
import { techniquesOf } from '../findings/guardDutyTechniques';

/** The ATT&CK techniques of a rule, of ours or of GuardDuty's; none where the rule is nobody's that is known here. */
export const techniquesOfRule = (rule: string): readonly string[] =>
  [...RULES, ...LOG_RULES].find(({ id }) => id === rule)?.techniques ??
  Object.values(KINDS).find(({ rule: id }) => id === rule)?.techniques ??
  techniquesOf(rule);
