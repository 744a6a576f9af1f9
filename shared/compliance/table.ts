import { CHECK_IDS, CHECKS } from './checks';
import { CONTROLS } from './controls';
import { type Comparison, isCovered, type Standard } from './standard';
import { STANDARDS } from './standards';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const filesOf = (files: readonly string[]): string => files.map((file) => `[${file}](../${file})`).join(', ');

/** What implements each control, in Markdown: how docs/compliance.md begins. */
export const controlsTable = (): string =>
  [
    '| control | implemented by | artifact | checks |',
    '| --- | --- | --- | --- |',
    ...CONTROLS.map(
      ({ id, title, implementedBy, artifact, checks }) =>
        `| ${title} (\`${id}\`) | ${implementedBy.map(({ what, files }) => `${cell(what)}: ${filesOf(files)}`).join('<br>')} | ${cell(artifact)} | ${checks.map((check) => `\`${check}\``).join(', ')} |`,
    ),
  ].join('\n');

export const checksTable = (): string =>
  [
    '| check | holds where | needs |',
    '| --- | --- | --- |',
    ...CHECK_IDS.map((id) => `| \`${id}\` | ${cell(CHECKS[id].what)} | ${cell(CHECKS[id].needs)} |`),
  ].join('\n');

const comparisonLine = ({ ids, text, url, source }: Comparison): string =>
  `- ${ids.join(', ')}: [${text}](${url})${source === 'secondary' ? ', a secondary text' : ''}.`;

const standardSection = ({ id, title, document, url, mappings, compared, leaves }: Standard): string =>
  [
    `### ${title}`,
    '',
    `Source: [${document}](${url}). \`npx tourniquet compliance --standard ${id}\``,
    '',
    '| control | requirements | how far |',
    '| --- | --- | --- |',
    ...CONTROLS.map(({ id: control, title: name }) => {
      const mapping = mappings[control];
      return isCovered(mapping)
        ? `| ${name} | ${mapping.requirements.map(({ id: section, about }) => `${section}: ${cell(about)}`).join('<br>')} | ${cell(mapping.serves)} |`
        : `| ${name} | not covered | ${cell(mapping.notCovered)} |`;
    }),
    '',
    'Compared with:',
    '',
    ...compared.map(comparisonLine),
    '',
    'Not covered:',
    '',
    ...leaves.map((line) => `- ${line}.`),
  ].join('\n');

/** Every standard with its mappings, in Markdown. */
export const standardsSections = (): string => STANDARDS.map(standardSection).join('\n\n');
