import type { Standard } from '../standard';

/** Both texts have all of them. */
const IDS = [
  'AC-3',
  'AC-4',
  'AC-5',
  'AC-6',
  'AU-3',
  'AU-9',
  'AU-10',
  'AU-11',
  'CA-7',
  'CM-3',
  'CM-5',
  'CM-6',
  'CP-9',
  'IR-3',
  'IR-4',
  'IR-5',
  'IR-6',
  'SC-8',
  'SC-12',
  'SC-28',
  'SI-4',
  'SI-7',
  'SI-12',
] as const;

export const standard: Standard = {
  id: 'fedramp',
  title: 'FedRAMP',
  document: 'NIST SP 800-53 Rev. 5, as the FedRAMP Rev. 5 baselines select from it',
  url: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
  mappings: {
    'access-control': {
      requirements: [
        { id: 'AC-3', about: 'access enforcement' },
        { id: 'AC-5', about: 'separation of duties' },
        { id: 'AC-6', about: 'least privilege' },
      ],
      serves: "least privilege of the responder's own roles; whoever deployed need not be who releases",
    },
    encryption: {
      requirements: [
        { id: 'SC-8', about: 'transmission confidentiality and integrity' },
        { id: 'SC-12', about: 'cryptographic key establishment and management' },
        { id: 'SC-28', about: 'protection of information at rest' },
      ],
      serves: 'evidence and records are encrypted under KMS keys; requests without TLS are refused',
    },
    'audit-logging': {
      requirements: [
        { id: 'AU-3', about: 'content of audit records' },
        { id: 'AU-9', about: 'protection of audit information' },
        { id: 'AU-10', about: 'non-repudiation (High baseline alone)' },
        { id: 'AU-11', about: 'audit record retention' },
      ],
      serves: 'an append-only history as a chain of digests, sealed with the signed evidence',
    },
    monitoring: {
      requirements: [
        { id: 'SI-4', about: 'system monitoring' },
        { id: 'CA-7', about: 'continuous monitoring' },
        { id: 'SI-7', about: 'software, firmware, and information integrity' },
      ],
      serves:
        'rules, baselines, drift watch and sweep over Lambda functions; this command as a recurring check',
    },
    'incident-response': {
      requirements: [
        { id: 'IR-3', about: 'incident response testing' },
        { id: 'IR-4', about: 'incident handling' },
        { id: 'IR-5', about: 'incident monitoring' },
        { id: 'IR-6', about: 'incident reporting' },
      ],
      serves: 'the playbook, the drill, trends over incidents; reporting to authorities is for people',
    },
    'data-protection': {
      requirements: [
        { id: 'SI-12', about: 'information management and retention' },
        { id: 'CP-9', about: 'system backup' },
        { id: 'AC-4', about: 'information flow enforcement' },
      ],
      serves: 'retention profiles, point-in-time recovery of the tables, no public access to the evidence',
    },
    'change-management': {
      requirements: [
        { id: 'CM-3', about: 'configuration change control' },
        { id: 'CM-5', about: 'access restrictions for change' },
        { id: 'CM-6', about: 'configuration settings' },
      ],
      serves: 'approved states of functions, known deployers, a policy file as code, a gate before a release',
    },
  },
  compared: [
    {
      ids: IDS,
      text: 'the FedRAMP Rev. 5 baselines in OSCAL, High and Moderate (GSA/fedramp-automation, dist/content/rev5/baselines): in both, but AU-10, which is in High alone',
      url: 'https://github.com/GSA/fedramp-automation',
      source: 'publisher',
    },
    {
      ids: IDS,
      text: 'FedRAMP SSP Appendix A, High FedRAMP Security Controls, version 1.3, for the titles',
      url: 'https://www.fedramp.gov/',
      source: 'publisher',
    },
  ],
  leaves: [
    'The families AT, IA, MA, MP, PE, PL, PS, RA, SA and SR, and what is not named of the others (PM and PT are in no FedRAMP baseline)',
    'FIPS-validated endpoints (SC-13): choose AWS_USE_FIPS_ENDPOINT and Regions yourself',
    'The incident communications procedures of FedRAMP: people report',
    'The authorisation: an agency and an assessor (3PAO) decide',
  ],
};
