/** Who the app is in the desk's workspace: the same in every run, so that recordings can be compared. */
export const TEAM = { id: 'T0DESK0001', domain: 'local-desk', name: 'Local desk' } as const;
export const BOT = {
  id: 'B0DESK0001',
  userId: 'U0DESK0001',
  name: 'tourniquet',
  label: 'Tourniquet',
} as const;
export const APP_ID = 'A0DESK0001';

/** Slack still sends this token and tells apps to ignore it: the signature is what counts. */
export const DEPRECATED_TOKEN = 'verify-the-signature-instead';
