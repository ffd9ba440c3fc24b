// Who the programs are. What each may do stands with the service that lets it.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

// Decides commands: appends events, shows pages.
resource web 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-web-${token}'
  location: location
  tags: tags
}

// Follows the change feed: keeps views and snapshots, publishes and consumes messages.
resource worker 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-worker-${token}'
  location: location
  tags: tags
}

// The only one that may replace or delete events, keys and people; the job `forget` alone is it.
resource eraser 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-eraser-${token}'
  location: location
  tags: tags
}

output webId string = web.id
output webClientId string = web.properties.clientId
output webPrincipalId string = web.properties.principalId

output workerId string = worker.id
output workerClientId string = worker.properties.clientId
output workerPrincipalId string = worker.properties.principalId

output eraserId string = eraser.id
output eraserClientId string = eraser.properties.clientId
output eraserPrincipalId string = eraser.properties.principalId
