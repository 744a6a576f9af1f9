import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../aws/settings';
import type { Incident } from '../incident/incident';
import type { ControlTools } from './control';

export type ControlClients = Pick<ControlTools, 'lambda' | 'iam' | 'sqs' | 'scaling' | 'records'>;

/** What controls work with in this deployment, for the incident's present containment. */
export const controlTools = (
  clients: ControlClients,
  settings: Settings,
  incident: Pick<Incident, 'id' | 'containment'>,
): ControlTools => ({
  ...clients,
  denyPolicyArn: settings.denyPolicyArn,
  prefix: `${settings.service}-${settings.stage}`,
  choices: settings.choices,
  holder: `${incident.id}#${incident.containment}`,
  pause: (milliseconds) => pause(milliseconds),
});
