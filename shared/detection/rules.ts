import type { Rule } from './rule';
import { rule as commandSent } from './rules/compute/commandSent';
import { rule as computeStartedByFunction } from './rules/compute/computeStartedByFunction';
import { rule as instancesRun } from './rules/compute/instancesRun';
import { rule as instancesTerminated } from './rules/compute/instancesTerminated';
import { rule as modelAccessOpened } from './rules/compute/modelAccessOpened';
import { rule as modelInvokedByFunction } from './rules/compute/modelInvokedByFunction';
import { rule as regionEnabled } from './rules/compute/regionEnabled';
import { rule as serialConsoleEnabled } from './rules/compute/serialConsoleEnabled';
import { rule as sessionsStarted } from './rules/compute/sessionsStarted';
import { rule as sshKeySent } from './rules/compute/sshKeySent';
import { rule as startScriptChanged } from './rules/compute/startScriptChanged';
import { rule as taskReadsCredentials } from './rules/compute/taskReadsCredentials';
import { rule as aclOpened } from './rules/data/aclOpened';
import { rule as bucketDeleted } from './rules/data/bucketDeleted';
import { rule as bucketOpened } from './rules/data/bucketOpened';
import { rule as bucketReplicatedElsewhere } from './rules/data/bucketReplicatedElsewhere';
import { rule as credentialFileRead } from './rules/data/credentialFileRead';
import { rule as databaseDeleted } from './rules/data/databaseDeleted';
import { rule as databaseFailedOver } from './rules/data/databaseFailedOver';
import { rule as databaseMadePublic } from './rules/data/databaseMadePublic';
import { rule as databasePasswordChanged } from './rules/data/databasePasswordChanged';
import { rule as encryptedWithCustomerKeys } from './rules/data/encryptedWithCustomerKeys';
import { rule as encryptedWithForeignKey } from './rules/data/encryptedWithForeignKey';
import { rule as encryptionRemoved } from './rules/data/encryptionRemoved';
import { rule as keyDisabled } from './rules/data/keyDisabled';
import { rule as keyGrantedElsewhere } from './rules/data/keyGrantedElsewhere';
import { rule as keyPolicyOpened } from './rules/data/keyPolicyOpened';
import { rule as lifecycleShortened } from './rules/data/lifecycleShortened';
import { rule as objectReadFromOutside } from './rules/data/objectReadFromOutside';
import { rule as objectsDeletedInBulk } from './rules/data/objectsDeletedInBulk';
import { rule as objectsDeletedTogether } from './rules/data/objectsDeletedTogether';
import { rule as objectsListedWithVersions } from './rules/data/objectsListedWithVersions';
import { rule as objectsReadInBulk } from './rules/data/objectsReadInBulk';
import { rule as objectWrittenElsewhere } from './rules/data/objectWrittenElsewhere';
import { rule as publicAccessBlockWeakened } from './rules/data/publicAccessBlockWeakened';
import { rule as publicAccessUnblocked } from './rules/data/publicAccessUnblocked';
import { rule as ransomNoteWritten } from './rules/data/ransomNoteWritten';
import { rule as resourceOpened } from './rules/data/resourceOpened';
import { rule as snapshotCopiedElsewhere } from './rules/data/snapshotCopiedElsewhere';
import { rule as snapshotCreatedByHand } from './rules/data/snapshotCreatedByHand';
import { rule as snapshotShared } from './rules/data/snapshotShared';
import { rule as tableExported } from './rules/data/tableExported';
import { rule as tablesScanned } from './rules/data/tablesScanned';
import { rule as versioningSuspended } from './rules/data/versioningSuspended';
import { rule as alarmSilenced } from './rules/defence/alarmSilenced';
import { rule as bucketLoggingStopped } from './rules/defence/bucketLoggingStopped';
import { rule as detectorDisabled } from './rules/defence/detectorDisabled';
import { rule as eventRuleDisabled } from './rules/defence/eventRuleDisabled';
import { rule as findingsSuppressed } from './rules/defence/findingsSuppressed';
import { rule as flowLogsDeleted } from './rules/defence/flowLogsDeleted';
import { rule as logGroupDeleted } from './rules/defence/logGroupDeleted';
import { rule as logRetentionShortened } from './rules/defence/logRetentionShortened';
import { rule as logSubscriptionMoved } from './rules/defence/logSubscriptionMoved';
import { rule as modelLogDeleted } from './rules/defence/modelLogDeleted';
import { rule as networkAclOpened } from './rules/defence/networkAclOpened';
import { rule as networkDeleted } from './rules/defence/networkDeleted';
import { rule as organizationLeft } from './rules/defence/organizationLeft';
import { rule as organizationPolicyRemoved } from './rules/defence/organizationPolicyRemoved';
import { rule as portOpenedToAll } from './rules/defence/portOpenedToAll';
import { rule as queryLogDeleted } from './rules/defence/queryLogDeleted';
import { rule as securityHubDisabled } from './rules/defence/securityHubDisabled';
import { rule as trafficMirrored } from './rules/defence/trafficMirrored';
import { rule as trailChanged } from './rules/defence/trailChanged';
import { rule as trailStopped } from './rules/defence/trailStopped';
import { rule as webFirewallWeakened } from './rules/defence/webFirewallWeakened';
import { rule as functionCodeReplaced } from './rules/function/functionCodeReplaced';
import { rule as functionCodeSigningRemoved } from './rules/function/functionCodeSigningRemoved';
import { rule as functionConfigurationChanged } from './rules/function/functionConfigurationChanged';
import { rule as functionCreated } from './rules/function/functionCreated';
import { rule as functionCreatedWithStrongRole } from './rules/function/functionCreatedWithStrongRole';
import { rule as functionDeleted } from './rules/function/functionDeleted';
import { rule as functionExecWrapperSet } from './rules/function/functionExecWrapperSet';
import { rule as functionInvokedFromOutside } from './rules/function/functionInvokedFromOutside';
import { rule as functionInvokedInABurst } from './rules/function/functionInvokedInABurst';
import { rule as functionLayerAdded } from './rules/function/functionLayerAdded';
import { rule as functionMadeATarget } from './rules/function/functionMadeATarget';
import { rule as functionPolicyOpened } from './rules/function/functionPolicyOpened';
import { rule as functionRoleChanged } from './rules/function/functionRoleChanged';
import { rule as functionThrottled } from './rules/function/functionThrottled';
import { rule as functionTriggerAdded } from './rules/function/functionTriggerAdded';
import { rule as functionUrlPublic } from './rules/function/functionUrlPublic';
import { rule as functionVersionPublished } from './rules/function/functionVersionPublished';
import { rule as layerPublished } from './rules/function/layerPublished';
import { rule as layerShared } from './rules/function/layerShared';
import { rule as accessKeyCreated } from './rules/identity/accessKeyCreated';
import { rule as adminPolicyAttached } from './rules/identity/adminPolicyAttached';
import { rule as allPermissionsWritten } from './rules/identity/allPermissionsWritten';
import { rule as boundaryRemoved } from './rules/identity/boundaryRemoved';
import { rule as consoleLoginWithoutMfa } from './rules/identity/consoleLoginWithoutMfa';
import { rule as directoryUserCreated } from './rules/identity/directoryUserCreated';
import { rule as federationTokenTaken } from './rules/identity/federationTokenTaken';
import { rule as identityProviderChanged } from './rules/identity/identityProviderChanged';
import { rule as keyFoundByAws } from './rules/identity/keyFoundByAws';
import { rule as loginFailedAtSecondFactor } from './rules/identity/loginFailedAtSecondFactor';
import { rule as loginProfileChanged } from './rules/identity/loginProfileChanged';
import { rule as loginProfileCreated } from './rules/identity/loginProfileCreated';
import { rule as loginsFailed } from './rules/identity/loginsFailed';
import { rule as mfaRemoved } from './rules/identity/mfaRemoved';
import { rule as mfaReplaced } from './rules/identity/mfaReplaced';
import { rule as otherCredentialCreated } from './rules/identity/otherCredentialCreated';
import { rule as ownAccessKeyCreated } from './rules/identity/ownAccessKeyCreated';
import { rule as policyAttached } from './rules/identity/policyAttached';
import { rule as policyTakenAway } from './rules/identity/policyTakenAway';
import { rule as policyWritten } from './rules/identity/policyWritten';
import { rule as roleCreated } from './rules/identity/roleCreated';
import { rule as roleCreatedForOthers } from './rules/identity/roleCreatedForOthers';
import { rule as rolesAnywhereTrusted } from './rules/identity/rolesAnywhereTrusted';
import { rule as rootActive } from './rules/identity/rootActive';
import { rule as rootLoggedIn } from './rules/identity/rootLoggedIn';
import { rule as rootSessionTaken } from './rules/identity/rootSessionTaken';
import { rule as sessionTokenTaken } from './rules/identity/sessionTokenTaken';
import { rule as signinTokenTaken } from './rules/identity/signinTokenTaken';
import { rule as trustChanged } from './rules/identity/trustChanged';
import { rule as userCreated } from './rules/identity/userCreated';
import { rule as userPutIntoGroup } from './rules/identity/userPutIntoGroup';
import { rule as attackToolAgent } from './rules/role/attackToolAgent';
import { rule as callDenied } from './rules/role/callDenied';
import { rule as callerIdentityAsked } from './rules/role/callerIdentityAsked';
import { rule as credentialsUsedOutsideLambda } from './rules/role/credentialsUsedOutsideLambda';
import { rule as deniedBurst } from './rules/role/deniedBurst';
import { rule as discoveryBurst } from './rules/role/discoveryBurst';
import { rule as iamWriteByFunction } from './rules/role/iamWriteByFunction';
import { rule as identitiesListedForSending } from './rules/role/identitiesListedForSending';
import { rule as instanceCredentialsUsedElsewhere } from './rules/role/instanceCredentialsUsedElsewhere';
import { rule as instancePasswordRead } from './rules/role/instancePasswordRead';
import { rule as instanceUserDataRead } from './rules/role/instanceUserDataRead';
import { rule as parametersReadByPath } from './rules/role/parametersReadByPath';
import { rule as parametersSwept } from './rules/role/parametersSwept';
import { rule as roleAssumedElsewhere } from './rules/role/roleAssumedElsewhere';
import { rule as roleChained } from './rules/role/roleChained';
import { rule as rolesTried } from './rules/role/rolesTried';
import { rule as secretRead } from './rules/role/secretRead';
import { rule as secretsReadInBatch } from './rules/role/secretsReadInBatch';
import { rule as secretsSwept } from './rules/role/secretsSwept';
import { rule as sendingProbed } from './rules/role/sendingProbed';
import { rule as snapshotsEnumerated } from './rules/role/snapshotsEnumerated';

/** Every rule about recorded calls. A new one is its file and its line here. */
export const RULES: readonly Rule[] = [
  commandSent,
  computeStartedByFunction,
  instancesRun,
  instancesTerminated,
  modelAccessOpened,
  modelInvokedByFunction,
  regionEnabled,
  serialConsoleEnabled,
  sessionsStarted,
  sshKeySent,
  startScriptChanged,
  taskReadsCredentials,
  aclOpened,
  bucketDeleted,
  bucketOpened,
  bucketReplicatedElsewhere,
  credentialFileRead,
  databaseDeleted,
  databaseFailedOver,
  databaseMadePublic,
  databasePasswordChanged,
  encryptedWithCustomerKeys,
  encryptedWithForeignKey,
  encryptionRemoved,
  keyDisabled,
  keyGrantedElsewhere,
  keyPolicyOpened,
  lifecycleShortened,
  objectReadFromOutside,
  objectWrittenElsewhere,
  objectsDeletedInBulk,
  objectsDeletedTogether,
  objectsListedWithVersions,
  objectsReadInBulk,
  publicAccessBlockWeakened,
  publicAccessUnblocked,
  ransomNoteWritten,
  resourceOpened,
  snapshotCopiedElsewhere,
  snapshotCreatedByHand,
  snapshotShared,
  tableExported,
  tablesScanned,
  versioningSuspended,
  alarmSilenced,
  bucketLoggingStopped,
  detectorDisabled,
  eventRuleDisabled,
  findingsSuppressed,
  flowLogsDeleted,
  logGroupDeleted,
  logRetentionShortened,
  logSubscriptionMoved,
  modelLogDeleted,
  networkAclOpened,
  networkDeleted,
  organizationLeft,
  organizationPolicyRemoved,
  portOpenedToAll,
  queryLogDeleted,
  securityHubDisabled,
  trafficMirrored,
  trailChanged,
  trailStopped,
  webFirewallWeakened,
  functionCodeReplaced,
  functionCodeSigningRemoved,
  functionConfigurationChanged,
  functionCreated,
  functionCreatedWithStrongRole,
  functionDeleted,
  functionExecWrapperSet,
  functionInvokedFromOutside,
  functionInvokedInABurst,
  functionLayerAdded,
  functionMadeATarget,
  functionPolicyOpened,
  functionRoleChanged,
  functionThrottled,
  functionTriggerAdded,
  functionUrlPublic,
  functionVersionPublished,
  layerPublished,
  layerShared,
  accessKeyCreated,
  adminPolicyAttached,
  allPermissionsWritten,
  boundaryRemoved,
  consoleLoginWithoutMfa,
  directoryUserCreated,
  federationTokenTaken,
  identityProviderChanged,
  keyFoundByAws,
  loginFailedAtSecondFactor,
  loginProfileChanged,
  loginProfileCreated,
  loginsFailed,
  mfaRemoved,
  mfaReplaced,
  otherCredentialCreated,
  ownAccessKeyCreated,
  policyAttached,
  policyTakenAway,
  policyWritten,
  roleCreated,
  roleCreatedForOthers,
  rolesAnywhereTrusted,
  rootActive,
  rootLoggedIn,
  rootSessionTaken,
  sessionTokenTaken,
  signinTokenTaken,
  trustChanged,
  userCreated,
  userPutIntoGroup,
  attackToolAgent,
  callDenied,
  callerIdentityAsked,
  credentialsUsedOutsideLambda,
  deniedBurst,
  discoveryBurst,
  iamWriteByFunction,
  identitiesListedForSending,
  instanceCredentialsUsedElsewhere,
  instancePasswordRead,
  instanceUserDataRead,
  parametersReadByPath,
  parametersSwept,
  roleAssumedElsewhere,
  roleChained,
  rolesTried,
  secretRead,
  secretsReadInBatch,
  secretsSwept,
  sendingProbed,
  snapshotsEnumerated,
];
