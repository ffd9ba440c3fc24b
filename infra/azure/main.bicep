// Everything that Daybook needs in Azure, in a resource group of its own. No service takes a key.
targetScope = 'subscription'

@description('Tells environments apart: it is part of the resource group\'s name and of every tag.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('The region, such as westeurope.')
param location string

@description('The database.')
param database string = 'daybook'

@description('Object id of a developer who may read, write and erase from a laptop; empty: nobody may.')
param principalId string = ''

@description('The image of the energy sample, registry and tag included; empty: the apps are left out for now.')
param energyImage string = ''

@description('The only addresses that reach the pages, in CIDR notation; empty: everybody does.')
param allowFrom string = ''

@description('Most replicas of the web app; it sleeps when nobody asks.')
@minValue(1)
@maxValue(30)
param webReplicas int = 3

@description('Most replicas of the workers, and how many leases they share; one always runs. Fixed at the first deployment.')
@minValue(1)
@maxValue(30)
param workerReplicas int = 2

@description('Who is told of alerts and of the budget; empty: the owners of the subscription learn of the budget.')
param alertEmail string = ''

@description('What a month may cost before somebody is told, in the currency of the subscription.')
@minValue(1)
param monthlyBudget int = 50

@description('First day of the month in which the budget begins.')
param budgetStart string = utcNow('yyyy-MM-01')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'identities.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
  }
}

module monitor 'monitor.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    publishers: [
      identities.outputs.webPrincipalId
      identities.outputs.workerPrincipalId
      identities.outputs.eraserPrincipalId
    ]
  }
}

module cosmos 'cosmos.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    database: database
  }
}

module cosmosAccess 'cosmos-access.bicep' = {
  scope: group
  params: {
    accountName: cosmos.outputs.accountName
    database: database
    webPrincipalId: identities.outputs.webPrincipalId
    workerPrincipalId: identities.outputs.workerPrincipalId
    eraserPrincipalId: identities.outputs.eraserPrincipalId
    developerPrincipalId: principalId
  }
}

module serviceBus 'service-bus.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    appPrincipalIds: [identities.outputs.webPrincipalId, identities.outputs.workerPrincipalId]
    developerPrincipalId: principalId
  }
}

module keyVault 'key-vault.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    webPrincipalId: identities.outputs.webPrincipalId
    developerPrincipalId: principalId
  }
}

module registry 'registry.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    pullers: [
      identities.outputs.webPrincipalId
      identities.outputs.workerPrincipalId
      identities.outputs.eraserPrincipalId
    ]
  }
}

module apps 'container-apps.bicep' = if (!empty(energyImage)) {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    image: energyImage
    registryServer: registry.outputs.loginServer
    workspaceName: monitor.outputs.workspaceName
    insightsConnection: monitor.outputs.insightsConnection
    cosmosEndpoint: cosmos.outputs.endpoint
    cosmosRegion: location
    database: database
    serviceBusNamespace: serviceBus.outputs.namespaceName
    kekId: keyVault.outputs.kekId
    webIdentityId: identities.outputs.webId
    webClientId: identities.outputs.webClientId
    workerIdentityId: identities.outputs.workerId
    workerClientId: identities.outputs.workerClientId
    eraserIdentityId: identities.outputs.eraserId
    eraserClientId: identities.outputs.eraserClientId
    allowFrom: allowFrom
    webReplicas: webReplicas
    workerReplicas: workerReplicas
  }
}

module alerts 'alerts.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    email: alertEmail
    workspaceName: monitor.outputs.workspaceName
    namespaceName: serviceBus.outputs.namespaceName
  }
}

module budget 'budget.bicep' = {
  scope: group
  params: {
    amount: monthlyBudget
    startDate: budgetStart
    email: alertEmail
  }
}

@description('Where Cosmos DB answers.')
output COSMOS_ENDPOINT string = cosmos.outputs.endpoint

@description('The database.')
output DAYBOOK_DATABASE string = database

@description('The short name of the Service Bus namespace.')
output SERVICEBUS_NAMESPACE string = serviceBus.outputs.namespaceName

@description('The key-encryption key, without a version.')
output KEYVAULT_KEK_ID string = keyVault.outputs.kekId

@description('The name of the registry.')
output AZURE_CONTAINER_REGISTRY_NAME string = registry.outputs.registryName

@description('Where the registry answers.')
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer

@description('Where the pages are; empty before there is an image.')
output ENERGY_URL string = empty(energyImage) ? '' : apps!.outputs.url
