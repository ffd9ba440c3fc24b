// The energy sample: its pages, its workers, scaled apart, and the job that forgets.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The image, registry and tag included.')
param image string

@description('The registry it is pulled from.')
param registryServer string

@description('The Log Analytics workspace that gets what the programs print.')
param workspaceName string

@description('Where traces are sent.')
param insightsConnection string

@description('Where Cosmos DB answers.')
param cosmosEndpoint string

@description('The region that Cosmos DB is in.')
param cosmosRegion string

@description('The database.')
param database string

@description('The short name of the Service Bus namespace.')
param serviceBusNamespace string

@description('The key-encryption key.')
param kekId string

@description('Identity of the web app.')
param webIdentityId string

@description('Client id of that identity.')
param webClientId string

@description('Identity of the workers.')
param workerIdentityId string

@description('Client id of that identity.')
param workerClientId string

@description('Identity of the job that forgets.')
param eraserIdentityId string

@description('Client id of that identity.')
param eraserClientId string

@description('The only addresses that reach the pages, in CIDR notation; empty: everybody does.')
param allowFrom string

@description('Most replicas of the web app.')
param webReplicas int

@description('Most replicas of the workers, and how many leases they share.')
param workerReplicas int

var webName = 'energy'
var webHost = '${webName}.${environment.properties.defaultDomain}'

// What `Settings::from_env` reads, in every program. There are no keys: each program has an identity.
var variables = [
  { name: 'COSMOS_ENDPOINT', value: cosmosEndpoint }
  { name: 'AZURE_COSMOS_REGION', value: cosmosRegion }
  { name: 'DAYBOOK_DATABASE', value: database }
  { name: 'SERVICEBUS_NAMESPACE', value: serviceBusNamespace }
  { name: 'KEYVAULT_KEK_ID', value: kekId }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insightsConnection }
  { name: 'RUST_LOG', value: 'info,azure_core=warn,azure_data_cosmos=warn' }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        // The one key there is: the environment knows no other way to the workspace.
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
  }
}

resource web 'Microsoft.App/containerApps@2025-01-01' = {
  name: webName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${webIdentityId}': {} }
  }
  properties: {
    environmentId: environment.id
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryServer, identity: webIdentityId }]
      ingress: {
        external: true
        targetPort: 3000
        transport: 'auto'
        allowInsecure: false
        ipSecurityRestrictions: empty(allowFrom)
          ? []
          : [{ name: 'allowed', action: 'Allow', ipAddressRange: allowFrom }]
      }
    }
    template: {
      containers: [
        {
          name: 'energy'
          image: image
          args: ['--role', 'web', '--listen', '0.0.0.0', '--host', webHost]
          env: concat(variables, [{ name: 'AZURE_CLIENT_ID', value: webClientId }])
          resources: { cpu: json('0.5'), memory: '1Gi' }
          probes: [
            {
              type: 'Readiness'
              // The program answers under its own name only.
              httpGet: { path: '/health', port: 3000, httpHeaders: [{ name: 'Host', value: webHost }] }
              periodSeconds: 10
            }
            {
              type: 'Liveness'
              // Not `/health`: while Cosmos DB cannot be reached, starting again would not help.
              tcpSocket: { port: 3000 }
              periodSeconds: 30
            }
          ]
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: webReplicas
        rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '50' } } }]
      }
    }
  }
}

resource worker 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'energy-worker'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${workerIdentityId}': {} }
  }
  properties: {
    environmentId: environment.id
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryServer, identity: workerIdentityId }]
    }
    template: {
      containers: [
        {
          name: 'energy'
          image: image
          args: ['--role', 'worker', '--listen', '0.0.0.0', '--leases', string(workerReplicas)]
          env: concat(variables, [{ name: 'AZURE_CLIENT_ID', value: workerClientId }])
          resources: { cpu: json('0.5'), memory: '1Gi' }
          probes: [
            {
              type: 'Readiness'
              httpGet: { path: '/health', port: 3100, httpHeaders: [{ name: 'Host', value: 'localhost' }] }
              periodSeconds: 30
            }
          ]
        }
      ]
      // One always runs: nothing but a worker notices that the feed has something new.
      scale: {
        minReplicas: 1
        maxReplicas: workerReplicas
        rules: [{ name: 'busy', custom: { type: 'cpu', metadata: { type: 'Utilization', value: '70' } } }]
      }
    }
  }
}

// Started by hand, with what to forget in place of `--help`. Nothing else has the identity that may erase.
resource forget 'Microsoft.App/jobs@2025-01-01' = {
  name: 'energy-forget'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${eraserIdentityId}': {} }
  }
  properties: {
    environmentId: environment.id
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 1800
      replicaRetryLimit: 0
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      registries: [{ server: registryServer, identity: eraserIdentityId }]
    }
    template: {
      containers: [
        {
          name: 'energy'
          image: image
          args: ['forget', '--help']
          env: concat(variables, [{ name: 'AZURE_CLIENT_ID', value: eraserClientId }])
          resources: { cpu: json('0.5'), memory: '1Gi' }
        }
      ]
    }
  }
}

output url string = 'https://${web.properties.configuration.ingress.fqdn}/'
