import type { LogRule } from './sign';
import { rule as codeInjection } from './signs/codeInjection';
import { rule as coinMiner } from './signs/coinMiner';
import { rule as commandInjection } from './signs/commandInjection';
import { rule as credentialLogged } from './signs/credentialLogged';
import { rule as metadataAsked } from './signs/metadataAsked';
import { rule as pathTraversal } from './signs/pathTraversal';
import { rule as remoteFile } from './signs/remoteFile';
import { rule as reverseShell } from './signs/reverseShell';
import { rule as sqlInjection } from './signs/sqlInjection';
import { rule as templateInjection } from './signs/templateInjection';
import { rule as xmlEntity } from './signs/xmlEntity';

/** Every rule about a line of a log. A new one is its file and its line here. */
export const LOG_RULES: readonly LogRule[] = [
  codeInjection,
  coinMiner,
  commandInjection,
  credentialLogged,
  metadataAsked,
  pathTraversal,
  remoteFile,
  reverseShell,
  sqlInjection,
  templateInjection,
  xmlEntity,
];
