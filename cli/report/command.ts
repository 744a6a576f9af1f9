import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { say, tame } from '../../local/print';
import { readLedgers } from '../../shared/containment/ledger';
import { getIncident, listEntries, type Records } from '../../shared/incident/store';
import { postMortem } from '../../shared/report/postMortem';
import { incidentId } from '../incidentId';
import { metricsSvg } from './metrics';
import { reportPage } from './page';
import { momentsOf } from './timeline';

/** `report`: the post-mortem from the record as it is now, open incidents' too. The same record gives the same text. */
export const addReportCommand = (program: Command, records: () => Promise<Records>): void => {
  program
    .command('report')
    .argument('<id>', 'the incident', incidentId)
    .description('its post-mortem, from the record as it is now: Markdown, or a page of its own')
    .option('--html <file>', 'as one page that loads nothing, into this file')
    .action(async (id: string, { html }: { html?: string }, command: Command) => {
      const from = await records();
      const incident = await getIncident(from, id);
      const [ledger, history] = await Promise.all([readLedgers(from, incident), listEntries(from, id)]);
      // As of the last thing that happened, not of this moment.
      const asOf = new Date(history.at(-1)?.at ?? incident.openedAt);
      const text = postMortem(incident, ledger, history, asOf);
      if (html === undefined) {
        say(text.split('\n').map(tame).join('\n'));
        return;
      }
      // For its writer's eyes: it names people, functions and weaknesses.
      const page = reportPage(id, text, momentsOf(incident, history), metricsSvg(incident));
      try {
        await writeFile(html, page, { mode: 0o600 });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        command.error(`error: --html ${tame(html)} cannot be written: ${tame(why)}`, { exitCode: 1 });
      }
      say(`Written to ${tame(html)}. It loads nothing from anywhere: open it in a browser, or print it.`);
    });
};
