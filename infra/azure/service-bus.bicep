// Service Bus: the topic of the integration events, and who reads which of them.
//
// Compared with the sample's `TopicSpec` by the tests of infra/proof/azure-parity.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The programs: the workers publish and consume, the web app sends dead letters again.')
param appPrincipalIds array

@description('A developer with the same rights; empty: nobody has.')
param developerPrincipalId string

var sender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var receiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-${token}'
  location: location
  tags: tags
  // The cheapest tier with topics.
  sku: { name: 'Standard', tier: 'Standard' }
  properties: {
    minimumTlsVersion: '1.2'
    disableLocalAuth: true
  }
}

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: 'energy-events'
  properties: {
    defaultMessageTimeToLive: 'P14D'
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    supportOrdering: true
    // 64-bit sequence numbers of partitioned entities break the client.
    enablePartitioning: false
  }

  // Everything: its inbox needs each version of a stream.
  resource billing 'subscriptions' = {
    name: 'billing'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 5
      defaultMessageTimeToLive: 'P14D'
      deadLetteringOnMessageExpiration: true
      requiresSession: false
    }
  }

  resource notifications 'subscriptions' = {
    name: 'notifications'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 5
      defaultMessageTimeToLive: 'P14D'
      deadLetteringOnMessageExpiration: true
      requiresSession: false
    }

    // The first rule has to be called so: it takes the place of the one that lets everything through.
    resource activations 'rules' = {
      name: '$Default'
      properties: {
        filterType: 'CorrelationFilter'
        correlationFilter: { label: 'MeterActivated.v1' }
      }
    }
  }

  resource grid 'subscriptions' = {
    name: 'grid'
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 5
      defaultMessageTimeToLive: 'P14D'
      deadLetteringOnMessageExpiration: true
      requiresSession: false
    }

    resource inDistricts 'rules' = {
      name: '$Default'
      properties: {
        filterType: 'SqlFilter'
        sqlFilter: { sqlExpression: 'district LIKE \'1%\'' }
      }
    }
  }
}

resource sends 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in appPrincipalIds: {
    scope: topic
    name: guid(topic.id, principal, sender)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
      principalId: principal
      principalType: 'ServicePrincipal'
    }
  }
]

resource receives 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in appPrincipalIds: {
    scope: topic
    name: guid(topic.id, principal, receiver)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
      principalId: principal
      principalType: 'ServicePrincipal'
    }
  }
]

resource developer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [sender, receiver]: if (!empty(developerPrincipalId)) {
    scope: topic
    name: guid(topic.id, developerPrincipalId, role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: developerPrincipalId
      principalType: 'User'
    }
  }
]

output namespaceName string = namespace.name
