@description('The region.')
param location string

@description('How many days logs are kept.')
param days int

@description('Who may append.')
param names array

var resourceToken = toLower(uniqueString(resourceGroup().id))
var actions = ['Microsoft.DocumentDB/databaseAccounts/readMetadata']
var pull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${resourceToken}'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: days }
  }
}

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: 'cosmos-template'
  location: location
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0 }]
    capabilities: [{ name: 'EnableServerless' }]
    disableLocalAuth: true
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }

  resource db 'sqlDatabases' = {
    name: 'daybook'
    properties: { resource: { id: 'daybook' } }

    resource events 'containers' = {
      name: 'events'
      properties: {
        options: {}
        resource: {
          id: 'events'
          partitionKey: { paths: ['/stream'], kind: 'Hash', version: 2 }
          indexingPolicy: {
            compositeIndexes: [[{ path: '/a', order: 'ascending' }, { path: '/b' }]]
          }
        }
      }

      resource append 'storedProcedures' = {
        name: 'append'
        properties: { resource: { id: 'append', body: loadTextContent('procedure.js') } }
      }
    }
  }
}

resource appender 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: cosmos
  name: guid(cosmos.id, 'appender')
  properties: {
    roleName: 'appender'
    type: 'CustomRole'
    assignableScopes: ['${cosmos.id}/dbs/daybook/colls/events']
    permissions: [{ dataActions: concat(actions, ['another']) }]
  }
}

resource appends 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for (principal, index) in names: if (index < 5) {
    parent: cosmos
    name: guid(cosmos.id, principal)
    properties: {
      roleDefinitionId: appender.id
      principalId: principal
      scope: '${cosmos.id}/dbs/daybook/colls/events'
    }
  }
]

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-template'
  location: location
  sku: { name: 'Standard', tier: 'Standard' }
  properties: { minimumTlsVersion: '1.2', disableLocalAuth: true }

  resource topic 'topics' = {
    name: 'events'
    properties: { requiresDuplicateDetection: true }
  }
}

resource billing 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: bus::topic
  name: 'billing'
  properties: { maxDeliveryCount: 10 }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-template'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
  }

  resource kek 'keys' = {
    name: 'kek'
    properties: { kty: 'RSA', keyOps: ['wrapKey', 'unwrapKey'] }
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'template'
  location: location
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

resource pulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, pull)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', pull)
    principalId: names[0]
    principalType: 'ServicePrincipal'
  }
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-template'
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
  }
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'app'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${names[0]}': {} } }
  properties: {
    environmentId: environment.id
    template: {
      containers: [
        {
          name: 'app'
          image: 'image'
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: map(names, name => { name: 'NAME', value: name })
        }
      ]
      scale: { minReplicas: empty(names) ? 0 : 1 }
    }
  }
}

output endpoint string = cosmos.properties.documentEndpoint
output kekId string = vault::kek.properties.keyUri
