/** A valid template with many resources that use what templates use; 2,400 of them make about a megabyte, the most CloudFormation takes. */
export function aLargeTemplate(resources: number): string {
  const lines = [
    'AWSTemplateFormatVersion: "2010-09-09"',
    'Description: A template of many queues',
    'Parameters:',
    '  Environment: { Type: String, Default: staging }',
    'Conditions:',
    '  IsProduction: !Equals [!Ref Environment, production]',
    'Resources:',
    '  DeadLetters:',
    '    Type: AWS::SQS::Queue',
  ]
  for (let n = 0; n < resources; n++) {
    lines.push(
      `  Queue${n}:`,
      '    Type: AWS::SQS::Queue',
      '    Condition: IsProduction',
      '    DeletionPolicy: Retain',
      '    Properties:',
      `      QueueName: !Sub "\${AWS::StackName}-queue-${n}"`,
      `      VisibilityTimeout: ${30 + (n % 60)}`,
      '      RedrivePolicy:',
      '        deadLetterTargetArn: !GetAtt DeadLetters.Arn',
      '        maxReceiveCount: 5',
      '      Tags:',
      '        - Key: environment',
      '          Value: !Ref Environment',
      '        - Key: name',
      `          Value: queue number ${n}`,
    )
  }
  return `${lines.join('\n')}\n`
}
